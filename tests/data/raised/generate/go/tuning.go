package main

import (
	"database/sql"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	_ "github.com/lib/pq"
	"github.com/pkg/errors"
)

const books = "host=127.0.0.1 port=15432 user=shop password=closed-door dbname=postgres sslmode=disable"

func tuning() {
	add("lib-pq", "plain", 2, saveOrder, is("unique", "database", "medium", "validation"), is("null", "database", "medium", "validation"),
		is("foreign", "database", "medium", "validation"), is("table", "database", "high"), is("shelf", "database", "high"),
		is("vat", "database", "high"), is("syntax", "database", "medium", "programming_error"), is("uuid", "database", "medium", "validation", "serialization"),
		is("cancel", "database", "medium", "timeout"))
	add("lib-pq", "plain", 2, openBooks, is("password", "database", "high", "authentication"), is("database", "database", "high", "configuration"),
		is("refused", "database", "high", "network"))
	add("database/sql", "plain", 2, findOrder, is("none", "database", "low", "validation"), is("scan", "database", "medium", "serialization", "programming_error"),
		is("closed", "database", "medium", "programming_error"), is("driver", "configuration", "critical", "database", "programming_error", "dependency"))
	add("net/http", "plain", 2, fetchStock, is("refused", "network", "high"), is("timeout", "timeout", "medium", "network"), is("dropped", "network", "medium", "dependency"),
		is("certificate", "network", "high", "configuration"), is("scheme", "configuration", "medium", "validation", "programming_error", "network"),
		is("loop", "dependency", "medium", "network", "configuration"), is("host", "network", "high", "configuration"))
	add("net", "recorded", 2, dial, is("refused", "network", "high"), is("deadline", "timeout", "medium", "network"), is("listen", "network", "critical", "configuration"),
		is("address", "validation", "medium", "configuration", "network"))
	add("os", "recorded", 2, readInvoice, is("missing", "filesystem", "medium", "configuration"), is("directory", "filesystem", "medium"), is("exists", "filesystem", "medium"),
		is("closed", "filesystem", "medium", "programming_error"), is("full", "resource_exhaustion", "critical", "filesystem"), is("not empty", "filesystem", "medium"))
	add("strconv", "plain", 2, parseField, is("int", "serialization", "medium", "validation"), is("range", "serialization", "medium", "validation"), is("bool", "serialization", "medium", "validation"),
		is("time", "serialization", "medium", "validation"), is("duration", "serialization", "medium", "validation", "configuration"))
	add("encoding/xml", "plain", 2, readFeed, is("eof", "serialization", "medium"), is("mismatch", "serialization", "medium"), is("attribute", "serialization", "medium"))
	add("pkg/errors", "stack", 2, priceOf, is("new", "validation", "medium", "unknown", "programming_error"), is("wrapped", "filesystem", "medium"), is("twice", "serialization", "medium", "validation"),
		is("network", "network", "high"))
	add("runtime", "panic", 2, total, is("nil", "programming_error", "high"), is("index", "programming_error", "high"), is("zero", "programming_error", "high"), is("slice", "programming_error", "high"))
	add("runtime", "panic", 2, totalInCart, is("method", "programming_error", "high"), is("closure", "programming_error", "high"))
	add("runtime", "crash", 2, crashTotal, is("index", "programming_error", "critical"), is("nil", "programming_error", "critical"), is("message", "validation", "critical", "programming_error", "unknown"),
		is("error", "filesystem", "critical"))
}

func query(statement string, arguments ...any) error {
	database, err := sql.Open("postgres", books)
	if err != nil {
		return err
	}
	defer database.Close()
	_, err = database.Exec(statement, arguments...)
	return err
}

func saveOrder(v Values) error {
	statements := map[string]string{
		"unique":  "INSERT INTO customers (email) VALUES ('a@example.org')",
		"null":    "INSERT INTO customers (id, age) VALUES (%d, 4)",
		"foreign": "INSERT INTO orders (customer_id, total) VALUES (%d, 1)",
		"table":   "SELECT * FROM invoices WHERE id = %d",
		"shelf":   "SELECT shelf FROM orders WHERE id = %d",
		"vat":     "SELECT vat FROM orders WHERE id = %d",
		"syntax":  "SELEC total FROM orders WHERE id = %d",
		"uuid":    "SELECT * FROM orders WHERE reference = 'x%d'",
		"cancel":  "SET statement_timeout = 50; SELECT pg_sleep(2), %d",
	}
	return query(strings.Replace(statements[v.How], "%d", strconv.Itoa(v.N), 1))
}

func openBooks(v Values) error {
	dsn := map[string]string{
		"password": strings.Replace(books, "closed-door", v.Text, 1),
		"database": strings.Replace(books, "dbname=postgres", "dbname=ledger", 1),
		"refused":  strings.Replace(books, "15432", strconv.Itoa(v.Port), 1),
	}[v.How]
	database, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer database.Close()
	return errors.WithMessage(database.Ping(), "opening the books")
}

func findOrder(v Values) error {
	if v.How == "driver" {
		_, err := sql.Open("oracle", books)
		return err
	}
	database, err := sql.Open("postgres", books)
	if err != nil {
		return err
	}
	var id int
	switch v.How {
	case "none":
		return fmt.Errorf("order %d: %w", v.N, database.QueryRow("SELECT id FROM orders WHERE id = $1", v.N).Scan(&id))
	case "scan":
		return database.QueryRow("SELECT 'x' || $1::text", v.N).Scan(&id)
	}
	database.Close()
	return database.QueryRow("SELECT 1").Scan(&id)
}

func fetchStock(v Values) error {
	url := map[string]string{
		"refused": fmt.Sprintf("http://127.0.0.1:%d/stock/%s", v.Port, v.ID), "timeout": fmt.Sprintf("http://127.0.0.1:18081/stock/%d", v.N),
		"dropped": fmt.Sprintf("http://127.0.0.1:18080/drop/%d", v.N), "certificate": fmt.Sprintf("https://127.0.0.1:18443/%d", v.N),
		"scheme": fmt.Sprintf("htp://127.0.0.1/%d", v.N), "loop": fmt.Sprintf("http://127.0.0.1:18080/loop/%d", v.N),
		"host": fmt.Sprintf("http://%s.shop.invalid/%d", v.Text, v.N),
	}[v.How]
	client := http.Client{Timeout: 300 * time.Millisecond}
	_, err := client.Get(url)
	return err
}

func dial(v Values) error {
	switch v.How {
	case "listen":
		_, err := net.Listen("tcp", "127.0.0.1:18080")
		return err
	case "address":
		_, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1-%d", v.N))
		return err
	case "refused":
		_, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", v.Port))
		return err
	}
	connection, err := net.Dial("tcp", "127.0.0.1:18081")
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	_, err = connection.Read(make([]byte, 1))
	return err
}

func readInvoice(v Values) error {
	switch v.How {
	case "missing":
		_, err := os.ReadFile(v.Path)
		return err
	case "directory":
		_, err := os.ReadFile("/tmp")
		return err
	case "exists":
		return os.Mkdir("/tmp", 0o700)
	case "full":
		return os.WriteFile("/dev/full", []byte("x"), 0o600)
	case "not empty":
		folder := "/tmp/shop-clear-" + v.ID
		_ = os.MkdirAll(folder+"/x", 0o700)
		return os.Remove(folder)
	}
	file, _ := os.CreateTemp("", "shop")
	file.Close()
	_, err := file.WriteString("late")
	return err
}

func parseField(v Values) (err error) {
	switch v.How {
	case "int":
		_, err = strconv.Atoi(fmt.Sprintf("%dkg", v.N))
	case "range":
		_, err = strconv.ParseInt(fmt.Sprintf("%d0000000000000000", v.N), 10, 64)
	case "bool":
		_, err = strconv.ParseBool(v.Text)
	case "time":
		_, err = time.Parse(time.RFC3339, fmt.Sprintf("2026-01-%d", v.N%20+10))
	default:
		_, err = time.ParseDuration(fmt.Sprintf("%d parsecs", v.N))
	}
	return err
}

func readFeed(v Values) error {
	text := map[string]string{"eof": "<order>%d", "mismatch": "<order>%d</line>", "attribute": "<order id=%d/>"}[v.How]
	var order struct{}
	return xml.Unmarshal([]byte(fmt.Sprintf(text, v.N)), &order)
}

func priceOf(v Values) error {
	switch v.How {
	case "new":
		return noPrice(v)
	case "wrapped":
		_, err := os.Open(v.Path)
		return errors.Wrapf(err, "no price list of %d", v.N)
	case "network":
		_, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", v.Port))
		return errors.WithStack(err)
	}
	return errors.Wrap(parsePrice(v), "price of the order")
}

func noPrice(v Values) error { return errors.Errorf("order %s has no price", v.ID) }

func parsePrice(v Values) error {
	_, err := strconv.ParseFloat(v.Text, 64)
	return errors.Wrap(err, "reading")
}

type order struct{ lines []int }

func total(v Values) error {
	var none *order
	lines := []int{1, 2}
	switch v.How {
	case "nil":
		return fmt.Errorf("%d", none.lines[0])
	case "index":
		return fmt.Errorf("%d", lines[v.N])
	case "slice":
		return fmt.Errorf("%d", lines[:v.N])
	}
	return fmt.Errorf("%d", v.N/len(lines[2:]))
}

func (o *order) line(n int) int { return o.lines[n] }

func totalInCart(v Values) error {
	if v.How == "method" {
		return fmt.Errorf("%d", (&order{}).line(v.N))
	}
	sum := func(n int) int { return (&order{}).lines[n] }
	return fmt.Errorf("%d", sum(v.N))
}

func crashTotal(v Values) error {
	switch v.How {
	case "message":
		panic(fmt.Sprintf("order %d has no customer", v.N))
	case "error":
		_, err := os.Open(v.Path)
		panic(err)
	}
	return total(v)
}
