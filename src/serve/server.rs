//! What carries requests to the handler: rouille's own server.

use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::panic::AssertUnwindSafe;

use rouille::{Request, Response, Server};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::ServeError;
use super::routes::error_response;
use crate::limits::BODY_BYTES_MAX;
use crate::log;

/// Serves `handler` on `address` until SIGTERM or SIGINT.
pub(super) fn run<Handler>(address: SocketAddr, handler: Handler) -> Result<(), ServeError>
where
    Handler: Fn(&Request, &[u8]) -> Response + Send + Sync + 'static,
{
    let mut ended = ending_signals().map_err(|source| ServeError::Setup {
        what: "signals",
        source,
    })?;
    let server =
        Server::new(address, move |request| answer(&handler, request)).map_err(|error| {
            ServeError::Listen {
                address,
                reason: error.to_string(),
            }
        })?;
    log::info(format_args!("listening on {}", server.server_addr()));
    let listener_lost = std::thread::Builder::new()
        .name("server".to_owned())
        .spawn(move || server.run());
    listener_lost.map_err(|source| ServeError::Setup {
        what: "the server's thread",
        source,
    })?;
    let _ = ended.read(&mut [0]);
    log::info(format_args!("ended by a signal"));
    Ok(())
}

/// A stream on which a byte arrives with SIGTERM or SIGINT. Handlers are set explicitly because the kernel
/// gives a container's process 1 no default ones.
fn ending_signals() -> std::io::Result<UnixStream> {
    let (reader, writer) = UnixStream::pair()?;
    signal_hook::low_level::pipe::register(SIGTERM, writer.try_clone()?)?;
    signal_hook::low_level::pipe::register(SIGINT, writer)?;
    Ok(reader)
}

fn answer(handler: &impl Fn(&Request, &[u8]) -> Response, request: &Request) -> Response {
    let mut body = Vec::new();
    let data = request
        .data()
        .map(|data| data.take(BODY_BYTES_MAX as u64 + 1).read_to_end(&mut body));
    if let Some(Err(error)) = data {
        return error_response(400, &format!("the body cannot be read: {error}"));
    }
    if body.len() > BODY_BYTES_MAX {
        return error_response(
            413,
            &format!("the body is larger than {BODY_BYTES_MAX} bytes"),
        );
    }
    let handled = std::panic::catch_unwind(AssertUnwindSafe(|| handler(request, &body)));
    handled.unwrap_or_else(|_| {
        error_response(500, "the server failed on this request; its log says where")
    })
}
