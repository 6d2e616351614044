//! `shop tuning|measuring`: raises every fault and writes down what the program knows, one JSON line each.
//! A panic is raised in a process of its own, whose hook tells where it was; its text is what it printed.
use std::panic::Location;
use std::process::Command;

use serde_json::{json, Value};

mod measuring;
mod tuning;

pub struct Values {
    pub n: u64,
    pub port: u64,
    pub id: String,
    pub path: String,
    pub text: String,
    pub how: &'static str,
}

/// What was recorded of an error that was returned: its type, its message, and its own text with a backtrace if any.
pub struct Raised {
    pub kind: String,
    pub message: String,
    pub stack: String,
    pub source: Option<&'static str>,
}

pub type Meaning = (&'static str, &'static str, &'static str, &'static str);
pub enum Raiser {
    Returns(fn(&Values) -> Raised),
    Panics(fn(&Values)),
}
pub struct Fault {
    pub library: &'static str,
    pub function: &'static str,
    pub raise: Raiser,
    pub meanings: &'static [Meaning],
}

/// An error without a stack, as `span.record_error` of OpenTelemetry gets it.
pub fn plain<E: std::error::Error>(error: E) -> Raised {
    Raised { kind: std::any::type_name::<E>().to_string(), message: error.to_string(), stack: String::new(), source: None }
}

/// An `anyhow::Error` with its backtrace, created in `source`.
pub fn traced(error: anyhow::Error, source: &'static str) -> Raised {
    Raised { kind: "anyhow::Error".into(), message: error.to_string(), stack: format!("{error:?}"), source: Some(source) }
}

fn values(turn: u64, how: &'static str) -> Values {
    let n = 40213 + 977 * turn;
    let id = format!("ord_{:x}", n * 829_348_951);
    let path = format!("/tmp/shop/{id}/invoice-{n}.json");
    Values { n, port: 47011 + 6 * turn, id, path, text: ["north", "harbour"][turn as usize].into(), how }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let half = arguments[1].as_str();
    let faults = if half == "tuning" { tuning::faults() } else { measuring::faults() };
    if arguments.len() > 2 {
        return panic_once(&faults, &arguments[2], &arguments[3], arguments[4].parse().unwrap());
    }
    for fault in &faults {
        for meaning in fault.meanings {
            for turn in 0..2 {
                let (raised, expected) = raise(half, fault, meaning.0, turn);
                println!("{}", line(half, fault, meaning, raised, expected));
            }
        }
    }
}

fn raise(half: &str, fault: &Fault, how: &'static str, turn: u64) -> (Raised, Value) {
    match fault.raise {
        Raiser::Returns(raise) => {
            let raised = raise(&values(turn, how));
            let expected = json!({"in_app_source_function": raised.source, "chain_types": null, "frames_count": null});
            (raised, expected)
        }
        Raiser::Panics(_) => panicked(half, fault, how, turn),
    }
}

fn panicked(half: &str, fault: &Fault, how: &str, turn: u64) -> (Raised, Value) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([half, fault.function, how, &turn.to_string()])
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("did not panic: {} {how}", fault.function));
    let message = told["message"].as_str().unwrap_or_default().to_string();
    (Raised { kind: "panic".into(), message, stack: text, source: None }, told["expected"].clone())
}

fn panic_once(faults: &[Fault], function: &str, how: &str, turn: u64) {
    let standard = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let message = payload.downcast_ref::<String>().cloned().or_else(|| payload.downcast_ref::<&str>().map(|one| one.to_string()));
        println!("{}", json!({"message": message, "expected": told_by_frames(info.location())}));
        standard(info);
    }));
    for fault in faults {
        let known = fault.meanings.iter().find(|meaning| meaning.0 == how);
        if let (true, Raiser::Panics(raise), Some(meaning)) = (fault.function == function, &fault.raise, known) {
            raise(&values(turn, meaning.0));
        }
    }
}

/// The first frames of the program itself, by their resolved symbols: those of the modules with faults.
fn told_by_frames(location: Option<&Location>) -> Value {
    let trace = backtrace::Backtrace::new();
    let mut source = None;
    for frame in trace.frames() {
        for symbol in frame.symbols() {
            let name = symbol.name().map(|name| format!("{name:#}")).unwrap_or_default();
            let ours = symbol.filename().is_some_and(|file| file.ends_with("src/tuning.rs") || file.ends_with("src/measuring.rs"));
            if source.is_none() && ours {
                source = Some((name, symbol.filename().map(|file| file.display().to_string())));
            }
        }
    }
    let (name, file) = source.unwrap_or_default();
    // The runtime says where it panicked; frames above it are the panic's own machinery.
    let innermost = location.filter(|place| file.as_deref().is_some_and(|file| file.ends_with(place.file())));
    json!({
        "innermost_function": innermost.map(|_| name.clone()), "innermost_file": innermost.map(|_| file.clone()), "innermost_line": innermost.map(|place| place.line()),
        "in_app_source_function": name, "in_app_source_file": file, "frames_count": null, "chain_types": null,
    })
}

fn line(half: &str, fault: &Fault, meaning: &Meaning, raised: Raised, expected: Value) -> Value {
    let also: Vec<&str> = meaning.3.split(' ').filter(|word| !word.is_empty()).collect();
    json!({
        "language": "rust", "library": fault.library, "half": half, "type": raised.kind, "message": raised.message,
        "stacktrace": raised.stack, "attributes": {}, "category": meaning.1, "also": also, "severity": meaning.2,
        "expected": expected, "group": format!("rust/{}/{}/{}", fault.library, fault.function, meaning.0),
    })
}
