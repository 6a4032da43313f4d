//! The application as the transport calls it.

use std::time::Duration;

use super::access_log::{self, AccessLine};
use super::app::App;
use super::handler;
use super::route::{Group, Route};
use super::web::{ReceivedRequest, Response};
use crate::limits::IN_PLACE_BYTES_MAX;
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
        let method = request.received.view().method();
        body_bytes > IN_PLACE_BYTES_MAX || request.route.is_slow(method)
    }

    fn handle(&self, request: &RoutedRequest, body: &[u8]) -> transport::Response {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::serve::Settings;
    use crate::serve::exposition;

    #[test]
    fn a_panic_is_counted_like_any_other_answer() {
        let app = App::load(
            tempfile::tempdir().unwrap().path(),
            Settings::default(),
            &transport::Settings::default(),
            Arc::default(),
        );
        app.refuse(None, Refusal::Panicked);
        let metrics = exposition::text(&app);
        let line = "sagelet_requests_total{route=\"transport\",status=\"500\"} 1\n";
        assert!(metrics.contains(line), "{metrics}");
    }
}
