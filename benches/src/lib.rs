//! Peers to measure sagelet against: other servers around the very same handler.
//!
//! Each peer is a program of its own: `PEER <model directory> <port>`. What differs between them is only what
//! carries a request to the handler.

use std::path::Path;
use std::sync::Arc;

use sagelet::serve::App;

/// The model and the port that a peer was started with.
pub fn arguments() -> (Arc<App>, u16) {
    let mut arguments = std::env::args().skip(1);
    let (Some(directory), Some(port)) = (arguments.next(), arguments.next()) else {
        panic!("usage: PEER <model directory> <port>");
    };
    (
        Arc::new(App::load(Path::new(&directory))),
        port.parse().expect("a port number"),
    )
}
