//! Where a stage stands: folders on the machine, or a cell.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::path::PathBuf;

use site::Doors;
use tokio::net::TcpStream;

use crate::process::Folder;
use crate::process::cell::Contents;
#[cfg(target_os = "linux")]
use crate::process::cell::{Cell, GIVEN, WORK};

/// A program's own folder, one for what it is given, and what they are in.
#[derive(Debug)]
pub enum Ground {
    /// Temporary folders of the machine.
    Folders {
        /// The program's own.
        own: Folder,
        /// For what it is given, if it is given something.
        given: Option<Folder>,
    },
    /// A cell.
    #[cfg(target_os = "linux")]
    Cell {
        /// The cell.
        cell: Cell,
        /// The program's own folder, as it is reached from outside.
        own: PathBuf,
        /// The folder for what it is given, as it is reached from outside.
        given: PathBuf,
    },
}

impl Ground {
    /// Makes the folders, in a cell with so many listening sockets if one is asked for.
    ///
    /// # Errors
    /// One line that says why they can't be made.
    pub fn new(cell: Option<&Contents>, servers: usize, has_given: bool) -> Result<Self, String> {
        let Some(contents) = cell else {
            let given = has_given.then(Folder::new).transpose()?;
            return Ok(Self::Folders { own: Folder::new()?, given });
        };
        Self::in_cell(contents, servers)
    }

    #[cfg(target_os = "linux")]
    fn in_cell(contents: &Contents, servers: usize) -> Result<Self, String> {
        let checker = std::env::current_exe().map_err(|why| format!("the checker does not find itself: {why}"))?;
        let cell = Cell::start(&checker, contents, servers)?;
        let [own, given] = [WORK, GIVEN].map(|inside| cell.reached(inside));
        Ok(Self::Cell { cell, own, given })
    }

    #[cfg(not(target_os = "linux"))]
    fn in_cell(_contents: &Contents, _servers: usize) -> Result<Self, String> {
        Err("cells are Linux's".to_owned())
    }

    /// The sockets that the stage's servers are to answer on, once.
    pub fn doors(&mut self) -> Doors {
        match self {
            Self::Folders { .. } => Doors::default(),
            #[cfg(target_os = "linux")]
            Self::Cell { cell, .. } => {
                let mut listeners = cell.listeners().into_iter();
                Doors { site: listeners.next(), database: listeners.next() }
            }
        }
    }

    /// The program's own folder.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Folders { own, .. } => own.path(),
            #[cfg(target_os = "linux")]
            Self::Cell { own, .. } => own,
        }
    }

    /// The folder for what it is given, if there is one: where it is, and where the program finds it.
    pub fn given(&self) -> Option<(&Path, &Path)> {
        match self {
            Self::Folders { given, .. } => given.as_ref().map(|given| (given.path(), given.path())),
            #[cfg(target_os = "linux")]
            Self::Cell { given, .. } => Some((given, Path::new(GIVEN))),
        }
    }

    /// The keeper of its cell, if it is one.
    pub fn cell(&self) -> Option<u32> {
        match self {
            Self::Folders { .. } => None,
            #[cfg(target_os = "linux")]
            Self::Cell { cell, .. } => Some(cell.keeper()),
        }
    }

    /// A connection to a server of the stage, from where the program is.
    ///
    /// # Errors
    /// When it can't be made.
    pub async fn connect(&self, server: SocketAddr) -> io::Result<TcpStream> {
        match self {
            Self::Folders { .. } => TcpStream::connect(server).await,
            #[cfg(target_os = "linux")]
            Self::Cell { cell, .. } => {
                let connection = cell.connect(server.port())?;
                connection.set_nonblocking(true)?;
                TcpStream::from_std(connection)
            }
        }
    }
}
