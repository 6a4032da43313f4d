//! Peers to measure sagelet against: other servers around the very same handler.
//!
//! Each peer is a program of its own: `PEER <prefix> <port>`. What differs between them is only what
//! carries a request to the handler.

use std::path::Path;
use std::sync::Arc;

use sagelet::serve::{App, Settings};
use sagelet::{log, transport};

/// The model and the port that a peer was started with. As in sagelet, a thread writes the log.
pub fn arguments() -> (Arc<App>, u16) {
    let mut arguments = std::env::args().skip(1);
    let (Some(prefix), Some(port)) = (arguments.next(), arguments.next()) else {
        panic!("usage: PEER <prefix> <port>");
    };
    let settings = Settings::default();
    log::start(settings.log).expect("a thread");
    let app = App::load(
        Path::new(&prefix),
        settings,
        &transport::Settings::default(),
        Arc::default(),
    );
    (Arc::new(app), port.parse().expect("a port number"))
}
