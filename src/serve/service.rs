//! The application as the transport calls it.

use super::app::App;
use super::handler;
use super::route::Route;
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

    fn refuse(&self, _request: Option<&RoutedRequest>, refusal: Refusal) -> transport::Response {
        Response::error(refusal.status(), &refusal.to_string()).into()
    }
}
