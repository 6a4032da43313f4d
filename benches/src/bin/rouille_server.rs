//! The handler under rouille's own server (tiny_http), with a pool of eight threads.

use std::io::Read;

use rouille::{Request, Server};
use sagelet::serve::handle;

fn main() {
    let (app, port) = benches::arguments();
    let answer = move |request: &Request| {
        let mut body = Vec::new();
        if let Some(mut data) = request.data() {
            data.read_to_end(&mut body).expect("a body");
        }
        handle(&app, request.into(), &body).into()
    };
    Server::new(("127.0.0.1", port), answer)
        .expect("a free port")
        .pool_size(8)
        .run();
}
