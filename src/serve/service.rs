//! The application as the transport calls it.

use std::borrow::Cow;
use std::time::Duration;

use super::access_log::{self, AccessLine};
use super::app::App;
use super::body::Body;
use super::handler;
use super::route::{Group, Route};
use super::selection::Selection;
use super::web::{ReceivedRequest, Request, Response};
use crate::account::Account;
use crate::codec::{ContentType, Format};
use crate::limits::{COMPRESSED_IN_PLACE_BYTES_MAX, IN_PLACE_BYTES_MAX};
use crate::transport::{self, Refusal, RequestHead, Service};

/// A request with the route that its path stands for.
pub struct RoutedRequest {
    route: Route,
    received: ReceivedRequest,
}

impl Service for App {
    type Request = RoutedRequest;

    fn request(&self, head: &RequestHead<'_>) -> RoutedRequest {
        let received = ReceivedRequest::new(head);
        RoutedRequest {
            route: Route::of(received.view().path()),
            received,
        }
    }

    fn takes_long(&self, request: &RoutedRequest, body_bytes: usize) -> bool {
        let received = request.received.view();
        if body_bytes > IN_PLACE_BYTES_MAX
            || (body_bytes > COMPRESSED_IN_PLACE_BYTES_MAX && is_archive(received))
            || request.route.is_slow(received.method())
        {
            return true;
        }
        let content_type = || received.header("Content-Type");
        let work = request.route.model().and_then(|name| self.row_work(name));
        let is_explained = || {
            matches!(request.route, Route::KServeExplain(_))
                || Selection::of(self, received).is_ok_and(|selection| selection.explains())
        };
        work.is_some_and(|work| {
            let work = if is_explained() {
                work.explained()
            } else {
                work
            };
            work.is_long(body_bytes, content_type)
        })
    }

    fn handle(
        &self,
        request: &RoutedRequest,
        body: Cow<'_, [u8]>,
        account: &mut Account,
    ) -> transport::Response {
        let body = Body {
            bytes: body,
            account,
        };
        handler::handle_route(self, &request.route, request.received.view(), body).into()
    }

    /// What the transport refuses is logged and counted like any other answer.
    fn refuse(&self, request: Option<&RoutedRequest>, refusal: Refusal) -> transport::Response {
        let reason = refusal.to_string();
        let line = AccessLine {
            request: request.map(|request| request.received.view()),
            group: Group::Transport,
            status: refusal.status(),
            rows: 0,
            duration: Duration::ZERO,
            reason: Some(&reason),
        };
        self.metrics.answered(&line, 0);
        access_log::write(&line, self.settings.slow);
        Response::error(refusal.status(), &reason).into()
    }
}

/// Whether the body is an archive, which may hold many times its bytes.
fn is_archive(request: Request<'_>) -> bool {
    let header = request.header("Content-Type");
    let content_type = header.and_then(|header| ContentType::parse(header).ok());
    content_type.is_some_and(|content_type| content_type.format == Format::Npz)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::serve::Settings;
    use crate::serve::exposition;
    use crate::serve::prometheus::Exposition;

    #[test]
    fn a_panic_is_counted_like_any_other_answer() {
        let app = App::load(
            tempfile::tempdir().unwrap().path(),
            Settings::default(),
            &transport::Settings::default(),
            Arc::default(),
        );
        app.refuse(None, Refusal::Panicked);
        let metrics = exposition::text(&app, Exposition::Prometheus);
        let line = "sagelet_requests_total{route=\"transport\",status=\"500\"} 1\n";
        assert!(metrics.contains(line), "{metrics}");
    }
}
