//! Which walls stand around strangers' programs here, and whether they are enough.

use crate::process::cell::{Cell, Contents};
use crate::process::{Wall, guard};

/// What stands for the walls that there are not.
pub const NONE: &str = "no-sandbox";

/// The walls around a stranger's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walls {
    /// Whether there is a cell. If not, a program is judged like a person's own.
    pub has_cell: bool,
    /// Their names.
    pub names: Vec<String>,
}

impl Walls {
    /// Walls that hold strangers.
    ///
    /// # Errors
    /// Why there are none here, and what to do.
    pub fn whole() -> Result<Self, String> {
        let advice = "or, if you trust every answer, add --unsafe-no-sandbox";
        if rustix::process::geteuid().is_root() {
            return Err(format!(
                "nothing holds a stranger's program when it is started by root: be an ordinary user, {advice}"
            ));
        }
        let checker = std::env::current_exe().map_err(|why| format!("the checker does not find itself: {why}"))?;
        let cell = Cell::start(&checker, &Contents { room: 1 << 20, ..Contents::default() }, 0).map_err(|why| {
            let restricted = std::fs::read_to_string("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
            let hint = match restricted {
                Ok(text) if text.trim() == "1" => {
                    " (Ubuntu's AppArmor allows user namespaces to known programs only: `sudo apt install \
                     apparmor-profiles`, then `sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict \
                     /etc/apparmor.d/ && sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict`)"
                }
                _ if !why.contains("install it") => {
                    " (in a container, start that with user namespaces allowed: docker run --security-opt \
                     seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined)"
                }
                _ => "",
            };
            format!("{why}{hint}; {advice}")
        })?;
        let kernels = guard::walls();
        if ![Wall::Files, Wall::Tcp].iter().all(|wall| kernels.contains(wall)) {
            return Err(format!("this kernel has no Landlock (5.13 and later have it, 6.7 for TCP): {advice}"));
        }
        let filters = std::fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail").unwrap_or_default();
        if !filters.split_whitespace().any(|action| action == "errno") {
            return Err(format!(
                "this kernel has no filters of system calls (seccomp; 4.14 and later have them): {advice}"
            ));
        }
        let mut names: Vec<String> = ["bubblewrap", "seccomp"].map(str::to_owned).into();
        names.extend(cell.is_limited().then(|| "cgroup".to_owned()));
        names.extend(kernels.into_iter().map(|wall| wall.name().to_owned()));
        Ok(Self { has_cell: true, names })
    }

    /// Those of a person's own program, which don't hold a stranger's.
    pub fn unsafe_ones() -> Self {
        let names = [NONE].into_iter().chain(guard::walls().into_iter().map(Wall::name));
        Self { has_cell: false, names: names.map(str::to_owned).collect() }
    }
}
