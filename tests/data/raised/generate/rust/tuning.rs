//! std's files, numbers and panics, postgres, ureq, toml.
use std::fs;

use anyhow::Context;
use postgres::{Client, NoTls};

use crate::{plain, traced, Fault, Raised, Raiser, Values};

pub fn faults() -> Vec<Fault> {
    vec![
        Fault { library: "std-io", function: "read_invoice", raise: Raiser::Returns(read_invoice), meanings: &[("missing", "filesystem", "medium", "configuration"), ("directory", "filesystem", "medium", ""), ("exists", "filesystem", "medium", ""), ("full", "resource_exhaustion", "critical", "filesystem")] },
        Fault { library: "std-num", function: "parse_field", raise: Raiser::Returns(parse_field), meanings: &[("integer", "serialization", "medium", "validation"), ("empty", "serialization", "medium", "validation"), ("float", "serialization", "medium", "validation"), ("utf8", "serialization", "medium", "")] },
        Fault { library: "postgres", function: "save_order", raise: Raiser::Returns(save_order), meanings: &[("unique", "database", "medium", "validation"), ("null", "database", "medium", "validation"), ("table", "database", "high", ""), ("shelf", "database", "high", ""), ("vat", "database", "high", ""), ("syntax", "database", "medium", "programming_error"), ("refused", "database", "high", "network"), ("password", "database", "high", "authentication")] },
        Fault { library: "ureq", function: "fetch_prices", raise: Raiser::Returns(fetch_prices), meanings: &[("refused", "network", "high", ""), ("401", "authentication", "high", "authorization"), ("404", "dependency", "medium", "validation"), ("429", "rate_limit", "medium", ""), ("503", "dependency", "high", "network"), ("timeout", "timeout", "medium", "network")] },
        Fault { library: "toml", function: "read_settings", raise: Raiser::Returns(read_settings), meanings: &[("value", "serialization", "medium", "configuration"), ("duplicate", "serialization", "medium", "configuration")] },
        Fault { library: "std-anyhow", function: "load_prices", raise: Raiser::Returns(load_prices), meanings: &[("file", "filesystem", "medium", ""), ("number", "serialization", "medium", "validation"), ("message", "validation", "low", "unknown")] },
        Fault { library: "std-panic", function: "total", raise: Raiser::Panics(total), meanings: &[("index", "programming_error", "high", ""), ("none", "programming_error", "high", ""), ("zero", "programming_error", "high", ""), ("overflow", "programming_error", "high", ""), ("file", "filesystem", "high", ""), ("number", "serialization", "high", "programming_error"), ("message", "validation", "high", "programming_error unknown"), ("slice", "programming_error", "high", ""), ("assert", "programming_error", "high", "")] },
        Fault { library: "std-panic", function: "total_of_cart", raise: Raiser::Panics(total_of_cart), meanings: &[("method", "programming_error", "high", ""), ("closure", "programming_error", "high", ""), ("trait", "programming_error", "high", "")] },
    ]
}

fn read_invoice(v: &Values) -> Raised {
    plain(match v.how {
        "missing" => fs::read_to_string(&v.path).unwrap_err(),
        "directory" => fs::read_to_string("/tmp").unwrap_err(),
        "exists" => fs::create_dir("/tmp").unwrap_err(),
        _ => fs::write("/dev/full", "x").unwrap_err(),
    })
}

fn parse_field(v: &Values) -> Raised {
    match v.how {
        "integer" => plain(format!("{}kg", v.n).parse::<u32>().unwrap_err()),
        "empty" => plain("".parse::<u32>().unwrap_err()),
        "float" => plain(format!("{},5", v.n).parse::<f64>().unwrap_err()),
        _ => plain(String::from_utf8(vec![97, 255]).unwrap_err()),
    }
}

fn save_order(v: &Values) -> Raised {
    let port = if v.how == "refused" { v.port } else { 15432 };
    let password = if v.how == "password" { v.text.as_str() } else { "closed-door" };
    let opened = Client::connect(&format!("host=127.0.0.1 port={port} user=shop password={password} dbname=postgres"), NoTls);
    let mut books = match opened {
        Ok(books) => books,
        Err(error) => return plain(error),
    };
    let statement = match v.how {
        "unique" => "INSERT INTO customers (email) VALUES ('a@example.org')".to_string(),
        "null" => format!("INSERT INTO customers (id, age) VALUES ({}, 4)", v.n),
        "table" => format!("SELECT * FROM invoices WHERE id = {}", v.n),
        "syntax" => format!("SELEC total FROM orders WHERE id = {}", v.n),
        column => format!("SELECT {column} FROM orders WHERE id = {}", v.n),
    };
    plain(books.batch_execute(&statement).unwrap_err())
}

fn fetch_prices(v: &Values) -> Raised {
    let url = match v.how {
        "refused" => format!("http://127.0.0.1:{}/prices", v.port),
        "timeout" => format!("http://127.0.0.1:18081/{}", v.n),
        status => format!("http://127.0.0.1:18080/status/{status}/{}", v.id),
    };
    plain(ureq::get(&url).timeout(std::time::Duration::from_millis(300)).call().unwrap_err())
}

fn read_settings(v: &Values) -> Raised {
    let text = if v.how == "value" { format!("port = {}x", v.n) } else { format!("a = 1\na = {}", v.n) };
    plain(text.parse::<toml::Table>().unwrap_err())
}

fn load_prices(v: &Values) -> Raised {
    match v.how {
        "file" => traced(price_file(v).unwrap_err(), "shop::tuning::price_file"),
        "number" => traced(price_number(v).unwrap_err(), "shop::tuning::price_number"),
        _ => traced(price_known(v).unwrap_err(), "shop::tuning::price_known"),
    }
}

fn price_file(v: &Values) -> anyhow::Result<String> {
    fs::read_to_string(&v.path).with_context(|| format!("no prices of order {}", v.n))
}

fn price_number(v: &Values) -> anyhow::Result<u32> {
    v.text.parse::<u32>().context("price is no number")
}

fn price_known(v: &Values) -> anyhow::Result<()> {
    anyhow::bail!("order {} has no price", v.id)
}

fn total(v: &Values) {
    let lines = vec![1, 2];
    let none: Option<u64> = lines.get(v.n as usize).copied();
    let sum: u64 = match v.how {
        "index" => lines[v.n as usize],
        "none" => none.unwrap(),
        "zero" => v.n / (lines.len() as u64 - 2),
        "overflow" => lines[0] - v.n,
        "file" => fs::read_to_string(&v.path).unwrap().len() as u64,
        "number" => format!("{}kg", v.n).parse().expect("weight"),
        "slice" => lines[1..v.n as usize].len() as u64,
        "assert" => {
            assert_eq!(lines[0], v.n, "first line");
            0
        }
        _ => panic!("order {} has no lines", v.n),
    };
    println!("{sum}");
}

trait Priced {
    fn price(&self, n: u64) -> u64;
}
struct Cart {
    lines: Vec<u64>,
}
impl Cart {
    fn line(&self, n: u64) -> u64 {
        self.lines[n as usize]
    }
}
impl Priced for Cart {
    fn price(&self, n: u64) -> u64 {
        self.lines.iter().position(|line| *line == n).unwrap() as u64
    }
}

fn total_of_cart(v: &Values) {
    let cart = Cart { lines: vec![] };
    let sum: u64 = match v.how {
        "method" => cart.line(v.n),
        "closure" => [v.n].iter().map(|n| cart.lines[*n as usize]).sum(),
        _ => cart.price(v.n),
    };
    println!("{sum}");
}
