//! The handler under axum (tokio, two workers), called in place.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use rouille::Request;
use sagelet::serve::{App, handle};

#[tokio::main(worker_threads = 2)]
async fn main() {
    let (app, port) = benches::arguments();
    let router = Router::new().fallback(answer).with_state(app);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .expect("a free port");
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            stream.set_nodelay(true).expect("an open socket");
        }),
        router,
    )
    .await
    .expect("a listener");
}

async fn answer(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let headers = headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let request = Request::fake_http_from(peer, method.as_str(), uri.path(), headers, Vec::new());
    let answer: rouille::Response = handle(&app, (&request).into(), &body).into();
    let mut response = Response::builder().status(answer.status_code);
    for (name, value) in &answer.headers {
        response = response.header(name.as_ref(), value.as_ref());
    }
    let (mut data, _) = answer.data.into_reader_and_size();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut data, &mut bytes).expect("a buffer");
    response.body(Body::from(bytes)).expect("valid headers")
}
