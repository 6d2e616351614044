//! serde_json, reqwest, tokio, redis, rusqlite, chrono, uuid, url, and panics of other kinds.
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;

use crate::{plain, traced, Fault, Raised, Raiser, Values};

pub fn faults() -> Vec<Fault> {
    vec![
        Fault { library: "serde_json", function: "read_order", raise: Raiser::Returns(read_order), meanings: &[("cut", "serialization", "medium", ""), ("token", "serialization", "medium", ""), ("missing", "serialization", "medium", "validation"), ("type", "serialization", "medium", "validation"), ("unknown", "serialization", "medium", "validation"), ("variant", "serialization", "medium", "validation")] },
        Fault { library: "serde_yaml", function: "read_menu", raise: Raiser::Returns(read_menu), meanings: &[("colon", "serialization", "medium", "configuration"), ("bracket", "serialization", "medium", "configuration")] },
        Fault { library: "reqwest", function: "track", raise: Raiser::Returns(track), meanings: &[("refused", "network", "high", ""), ("timeout", "timeout", "medium", "network"), ("drop", "network", "medium", "dependency"), ("401", "authentication", "high", "authorization"), ("404", "dependency", "medium", "validation"), ("500", "dependency", "high", ""), ("html", "serialization", "medium", "dependency"), ("url", "configuration", "medium", "validation programming_error")] },
        Fault { library: "redis-rs", function: "basket", raise: Raiser::Returns(basket), meanings: &[("refused", "database", "high", "network"), ("wrongtype", "database", "medium", "programming_error"), ("noauth", "database", "high", "authentication"), ("readonly", "database", "high", "configuration")] },
        Fault { library: "rusqlite", function: "count_items", raise: Raiser::Returns(count_items), meanings: &[("table", "database", "high", ""), ("column", "database", "high", ""), ("unique", "database", "medium", "validation"), ("none", "database", "low", "validation")] },
        Fault { library: "tokio", function: "wait_for", raise: Raiser::Returns(wait_for), meanings: &[("elapsed", "timeout", "medium", ""), ("closed", "concurrency", "medium", "programming_error"), ("panicked", "programming_error", "high", "concurrency")] },
        Fault { library: "parsers", function: "parse", raise: Raiser::Returns(parse), meanings: &[("date", "serialization", "medium", "validation"), ("uuid", "serialization", "medium", "validation"), ("url", "validation", "medium", "serialization configuration")] },
        Fault { library: "anyhow", function: "ship", raise: Raiser::Returns(ship), meanings: &[("json", "serialization", "medium", ""), ("deep", "network", "high", ""), ("plain", "unknown", "medium", "validation")] },
        Fault { library: "panic-b", function: "pack", raise: Raiser::Panics(pack), meanings: &[("borrow", "programming_error", "high", "concurrency"), ("key", "programming_error", "high", ""), ("unreachable", "programming_error", "high", ""), ("todo", "programming_error", "high", ""), ("environment", "configuration", "critical", "programming_error"), ("json", "serialization", "high", "programming_error"), ("poison", "concurrency", "high", ""), ("char", "programming_error", "high", ""), ("duration", "programming_error", "high", "")] },
        Fault { library: "panic-b", function: "pack_async", raise: Raiser::Panics(pack_async), meanings: &[("future", "programming_error", "high", ""), ("runtime", "concurrency", "high", "programming_error configuration"), ("generic", "programming_error", "high", "")] },
    ]
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Order {
    sku: String,
    #[serde(default)]
    count: u32,
    #[serde(default)]
    state: State,
}

#[derive(Deserialize, Debug, Default)]
enum State {
    #[default]
    Open,
}

fn read_order(v: &Values) -> Raised {
    let text = match v.how {
        "cut" => format!("{{\"sku\": \"{}\"", v.id),
        "token" => format!("<html>{}", v.n),
        "missing" => format!("{{\"count\": {}}}", v.n),
        "type" => format!("{{\"sku\": {}}}", v.n),
        "unknown" => format!("{{\"sku\": \"a\", \"colour\": {}}}", v.n),
        _ => format!("{{\"sku\": \"a\", \"state\": \"{}\"}}", v.text),
    };
    plain(serde_json::from_str::<Order>(&text).unwrap_err())
}

fn read_menu(v: &Values) -> Raised {
    let text = if v.how == "colon" { format!("a: b: {}", v.n) } else { format!("a: [1, {}", v.n) };
    plain(serde_yaml::from_str::<serde_yaml::Value>(&text).unwrap_err())
}

fn track(v: &Values) -> Raised {
    let url = match v.how {
        "refused" => format!("http://127.0.0.1:{}/parcels/{}", v.port, v.id),
        "timeout" => format!("http://127.0.0.1:18081/{}", v.n),
        "drop" | "html" => format!("http://127.0.0.1:18080/{}/{}", v.how, v.n),
        "url" => format!("parcels/{}", v.id),
        status => format!("http://127.0.0.1:18080/status/{status}/{}", v.id),
    };
    let client = reqwest::blocking::Client::builder().timeout(Duration::from_millis(300)).build().unwrap();
    let answer = client.get(url).send().and_then(|answer| answer.error_for_status()).and_then(|answer| answer.json::<Order>());
    plain(answer.unwrap_err())
}

fn basket(v: &Values) -> Raised {
    let port = if v.how == "refused" { v.port } else { 16379 };
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
    let read = client.get_connection().and_then(|mut one| redis::cmd("GET").arg(format!("{}:{}", v.how, v.id)).query::<String>(&mut one));
    plain(read.unwrap_err())
}

fn count_items(v: &Values) -> Raised {
    let books = rusqlite::Connection::open_in_memory().unwrap();
    books.execute_batch("CREATE TABLE items (id INTEGER PRIMARY KEY); INSERT INTO items VALUES (1)").unwrap();
    let statement = match v.how {
        "table" => format!("SELECT id FROM stock WHERE id = {}", v.n),
        "column" => format!("SELECT shelf FROM items WHERE id = {}", v.n),
        "unique" => return plain(books.execute("INSERT INTO items VALUES (1)", []).unwrap_err()),
        _ => format!("SELECT id FROM items WHERE id = {}", v.n),
    };
    plain(books.query_row(&statement, [], |row| row.get::<_, i64>(0)).unwrap_err())
}

fn wait_for(v: &Values) -> Raised {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        match v.how {
            "elapsed" => plain(tokio::time::timeout(Duration::from_millis(5), std::future::pending::<()>()).await.unwrap_err()),
            "closed" => {
                let (sender, receiver) = tokio::sync::oneshot::channel::<u64>();
                drop(sender);
                plain(receiver.await.unwrap_err())
            }
            _ => {
                let n = v.n;
                std::panic::set_hook(Box::new(|_| {}));
                plain(tokio::spawn(async move { panic!("parcel {n} is lost") }).await.unwrap_err())
            }
        }
    })
}

fn parse(v: &Values) -> Raised {
    match v.how {
        "date" => plain(chrono::NaiveDate::parse_from_str(&format!("{}-13-01", v.n % 9999), "%Y-%m-%d").unwrap_err()),
        "uuid" => plain(uuid::Uuid::parse_str(&v.id).unwrap_err()),
        _ => plain(url::Url::parse(&format!("http://127.0.0.1:{}99/", v.n)).unwrap_err()),
    }
}

fn ship(v: &Values) -> Raised {
    match v.how {
        "json" => traced(ship_order(v).unwrap_err(), "shop::measuring::ship_order"),
        "deep" => traced(ship_far(v).unwrap_err(), "shop::measuring::connect"),
        _ => traced(ship_never(v), "shop::measuring::ship_never"),
    }
}

fn ship_order(v: &Values) -> anyhow::Result<Order> {
    serde_json::from_str(&format!("{{\"sku\": {}}}", v.n)).with_context(|| format!("order {} cannot be read", v.id))
}

fn ship_far(v: &Values) -> anyhow::Result<()> {
    connect(v).with_context(|| format!("parcel {} stays here", v.n)).context("shipping failed")
}

fn connect(v: &Values) -> anyhow::Result<()> {
    std::net::TcpStream::connect(("127.0.0.1", v.port as u16)).map(|_| ()).context("carrier does not answer")
}

fn ship_never(v: &Values) -> anyhow::Error {
    anyhow::anyhow!("parcel {} cannot go", v.n)
}

fn pack(v: &Values) {
    let boxes: HashMap<u64, u64> = HashMap::new();
    match v.how {
        "borrow" => {
            let one = RefCell::new(v.n);
            let _held = one.borrow_mut();
            println!("{}", one.borrow());
        }
        "key" => println!("{}", boxes[&v.n]),
        "unreachable" => unreachable!("state {}", v.n),
        "todo" => todo!(),
        "environment" => println!("{}", std::env::var("CARRIER_URL").unwrap()),
        "json" => println!("{:?}", serde_json::from_str::<Order>(&format!("{{\"sku\": {}}}", v.n)).unwrap()),
        "poison" => poisoned(v),
        "char" => println!("{}", &"é".repeat(3)[..1]),
        _ => println!("{:?}", Duration::from_millis(1) - Duration::from_millis(v.n)),
    }
}

fn poisoned(v: &Values) {
    let stock = std::sync::Arc::new(std::sync::Mutex::new(v.n));
    let other = stock.clone();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let _ = std::thread::spawn(move || {
        let _held = other.lock();
        panic!("thread fails");
    })
    .join();
    std::panic::set_hook(hook);
    println!("{}", stock.lock().unwrap());
}

async fn weigh(n: u64) -> u64 {
    tokio::task::yield_now().await;
    [1, 2].into_iter().find(|one| *one == n).expect("weight of the parcel")
}

fn heaviest<T: Ord + Copy>(all: &[T]) -> T {
    *all.iter().max().unwrap()
}

fn pack_async(v: &Values) {
    match v.how {
        "future" => println!("{}", tokio::runtime::Runtime::new().unwrap().block_on(weigh(v.n))),
        "runtime" => drop(tokio::spawn(weigh(v.n))),
        _ => println!("{}", heaviest::<u64>(&[])),
    }
}
