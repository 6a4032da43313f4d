//! What needs tools or limits of its own: system calls that fail (by strace), and ten thousand connections.
//! Run by `make torture`; a tool that is missing is a failure that says what to install.
//!
//! | module | what it protects |
//! | --- | --- |
//! | [`system_calls`] | no error of a system call makes the server deaf, or ends it without a word |
//! | [`containers`] | containers of little memory refuse what they cannot hold, and are never ended for it |
//! | [`disks`] | full and read-only disks, no `/proc`, no rights, tiny limits |
//! | [`loading`] | a model that takes long to load keeps neither `/ping` nor signals waiting |
//! | [`memory`] | what a request and a model take of memory is reserved before it is spent |
//! | [`sweep`] | no request of any shape and format takes more memory than its account |
//! | [`small`] | `/ping` is answered beside small requests to large models |
//! | [`training`] | training without memory, or stopped, leaves a reason and no model |
//! | [`crowd`] | ten thousand idle connections, or more bytes than the budget, do not keep the next client waiting |

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "the other test binary uses more of it")]
mod harness;

mod bodies;
mod containers;
mod crowd;
mod disks;
mod loading;
mod memory;
mod small;
mod sweep;
mod system_calls;
mod training;
