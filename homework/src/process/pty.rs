//! A pseudo-terminal as a program's standard output.
//!
//! Most runtimes write a line at a time to a terminal, and some 8 KiB at a time to a pipe. Learners see the former when
//! they try their program, so it is judged like that too.

#[cfg(unix)]
pub use unix::Pty;

/// Where there is none, a pipe has to do: see [`super::environment`].
#[cfg(not(unix))]
pub enum Pty {}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, ErrorKind, Read};
    use std::os::fd::OwnedFd;
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::Errno;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};
    use tokio::io::unix::AsyncFd;
    use tokio::io::{AsyncRead, Interest, ReadBuf};

    /// The size that a program finds its terminal to have.
    const SIZE: Winsize = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };

    /// This side of a pseudo-terminal, which reads what is written to the other side, as it was written.
    pub struct Pty(AsyncFd<File>);

    impl Pty {
        /// Opens one; the other side is for the program. To be called in a runtime.
        ///
        /// # Errors
        /// When the system has none to give.
        pub fn open() -> io::Result<(Self, OwnedFd)> {
            let own = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
            grantpt(&own)?;
            unlockpt(&own)?;
            let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
            let other = open(ptsname(&own, Vec::new())?, flags, Mode::empty())?;
            let mut attributes = tcgetattr(&other)?;
            attributes.make_raw();
            tcsetattr(&other, OptionalActions::Now, &attributes)?;
            tcsetwinsize(&other, SIZE)?;
            rustix::io::ioctl_fionbio(&own, true)?;
            rustix::io::fcntl_setfd(&own, rustix::io::FdFlags::CLOEXEC)?;
            // SAFETY: the file owns its descriptor, and nothing here replaces or closes it.
            #[allow(unsafe_code, reason = "tokio has no safe way to wait for a terminal")]
            let own = unsafe { AsyncFd::register_with_interest(File::from(own), Interest::READABLE) }?;
            Ok((Self(own), other))
        }
    }

    impl AsyncRead for Pty {
        fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            loop {
                let mut ready = ready!(self.0.poll_read_ready(cx))?;
                let unfilled = buf.initialize_unfilled();
                match ready.try_io(|own| own.get_ref().read(unfilled)) {
                    Ok(Ok(length)) => {
                        buf.advance(length);
                        return Poll::Ready(Ok(()));
                    }
                    // EIO is how Linux reports that no process has the other side open any more.
                    Ok(Err(why)) if Errno::from_io_error(&why) == Some(Errno::IO) => return Poll::Ready(Ok(())),
                    Ok(Err(why)) if why.kind() == ErrorKind::Interrupted => {}
                    Ok(Err(why)) => return Poll::Ready(Err(why)),
                    Err(_not_ready_after_all) => {}
                }
            }
        }
    }
}
