//! The requests and answers that the docs show are true: each request is sent to a running server.
//!
//! A `console` block starts servers (`$ NAME=VALUE … sagelet serve --prefix MODEL &`) and sends requests with `$ curl`.
//! The test understands curl's `-d`, `-H` and an address. Both models are JSON blocks at the top of docs/migration.md.
//! With `UPDATE=1` the test writes the answers instead of comparing them; read the difference before you commit it.

use std::path::PathBuf;

use sagelet::artifact::Document;

use crate::harness::{Prefix, Server};

/// The models of the examples by the directories that the document serves them from.
const MODELS: [&str; 2] = ["price", "churn"];

#[test]
fn every_request_of_the_guide_for_movers_is_answered_as_it_says() {
    play("docs/migration.md");
}

#[test]
fn every_symptom_of_the_troubleshooting_guide_looks_as_it_says() {
    play("docs/troubleshooting.md");
}

/// Sends each request that a document shows, and compares the answers with it.
fn play(name: &str) {
    let (path, text) = read(name);
    let models = models();
    let mut blocks = text.split("```console\n");
    let mut updated = blocks.next().unwrap().to_owned();
    for block in blocks {
        let (example, rest) = block.split_once("```").unwrap();
        updated += &format!("```console\n{}```{rest}", played(example, &models));
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, updated).unwrap();
        return;
    }
    assert_eq!(text, updated, "{name}");
}

fn read(name: &str) -> (PathBuf, String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// The models that the examples serve, in the order of [`MODELS`].
fn models() -> Vec<Document> {
    let (_, text) = read("docs/migration.md");
    let blocks = text.split("```json\n").skip(1);
    let models: Vec<_> = blocks
        .map(|block| serde_json::from_str(block.split("```").next().unwrap()).unwrap())
        .collect();
    assert_eq!(models.len(), MODELS.len());
    models
}

/// The commands of a block, each with what the server answers now.
fn played(example: &str, models: &[Document]) -> String {
    let mut server = None;
    let mut played = String::new();
    for command in commands(example) {
        played += &format!("$ {command}\n");
        let words = words(&command);
        if command.ends_with('&') {
            server = Some(served(&words, models));
        } else {
            let server = server.as_ref().expect("a server before the first request");
            played += &answer(server, &words);
        }
    }
    played
}

/// What stands after each `$ `, over as many lines as its quotes span. The lines of answers are left out.
fn commands(example: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut open = false;
    for line in example.lines() {
        if open {
            let command = commands.last_mut().unwrap();
            *command += &format!("\n{line}");
        } else if let Some(command) = line.strip_prefix("$ ") {
            commands.push(command.to_owned());
        } else {
            continue;
        }
        open = commands.last().unwrap().matches('\'').count() % 2 == 1;
    }
    commands
}

/// The words of a command, as a shell takes single quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in command.split('\'').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn served(words: &[String], models: &[Document]) -> Server {
    let variables: Vec<_> = words
        .iter()
        .map_while(|word| word.split_once('='))
        .collect();
    let [program, serve, prefix, name, end] = &words[variables.len()..] else {
        panic!("{words:?} starts no server");
    };
    assert_eq!(
        [program, serve, prefix, end],
        ["sagelet", "serve", "--prefix", "&"]
    );
    let place = MODELS.iter().position(|model| model == name).unwrap();
    Server::start(Prefix::with_model(models[place].clone()), &variables)
}

fn answer(server: &Server, words: &[String]) -> String {
    let (mut body, mut head, mut path) = ("", String::new(), "");
    let mut rest = words.iter();
    assert_eq!(rest.next().unwrap(), "curl");
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-d" => body = rest.next().unwrap(),
            "-H" => head += &format!("{}\r\n", rest.next().unwrap()),
            address => path = address.strip_prefix("localhost:8080").unwrap(),
        }
    }
    let method = if body.is_empty() { "GET" } else { "POST" };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n{head}\r\n{body}",
        body.len()
    );
    let answer = server.send(request);
    format!("{}\n", answer.text().trim_end_matches('\n'))
}
