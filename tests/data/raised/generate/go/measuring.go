package main

import (
	"context"
	"crypto/aes"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/go-playground/validator/v10"
	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"gopkg.in/yaml.v3"
	"compress/gzip"
	"archive/zip"
	"bytes"
	"database/sql"
)

func measuring() {
	add("pgx", "plain", 2, store, is("unique", "database", "medium", "validation"), is("null", "database", "medium", "validation"), is("check", "database", "medium", "validation"),
		is("table", "database", "high"), is("depth", "database", "high"), is("colour", "database", "high"), is("zero", "database", "medium", "programming_error", "validation"), is("uuid", "database", "medium", "validation", "serialization"), is("none", "database", "low", "validation"))
	add("pgx", "plain", 2, connect, is("password", "database", "high", "authentication"), is("database", "database", "high", "configuration"), is("refused", "database", "high", "network"), is("dsn", "configuration", "critical", "database"))
	add("go-redis", "plain", 2, basket, is("wrongtype", "database", "medium", "programming_error"), is("oom", "database", "high", "resource_exhaustion"), is("noauth", "database", "high", "authentication"), is("readonly", "database", "high", "configuration"), is("refused", "database", "high", "network"), is("timeout", "database", "medium", "timeout", "network"))
	add("go-sql-driver", "plain", 2, stock, is("refused", "database", "high", "network"), is("dsn", "configuration", "critical", "database"))
	add("grpc-go", "plain", 2, reserve, is("unavailable", "network", "high", "dependency"), is("deadline", "timeout", "medium", "network"), is("denied", "authorization", "high"), is("unauthenticated", "authentication", "high"),
		is("exhausted", "rate_limit", "medium", "resource_exhaustion"), is("invalid", "validation", "low"), is("unimplemented", "dependency", "medium", "programming_error", "configuration"))
	add("validator", "plain", 2, checkOrder, is("required", "validation", "low"), is("minimum", "validation", "low"), is("email", "validation", "low"))
	add("yaml.v3", "plain", 2, menu, is("colon", "serialization", "medium", "configuration"), is("tab", "serialization", "medium", "configuration"), is("type", "serialization", "medium", "configuration", "validation"), is("field", "serialization", "medium", "configuration", "validation"))
	add("encoding/json", "recorded", 2, readOrder, is("cut", "serialization", "medium"), is("token", "serialization", "medium"), is("type", "serialization", "medium", "validation"), is("unknown", "serialization", "medium", "validation"), is("unsupported", "serialization", "medium", "programming_error"))
	add("context", "plain", 2, waiting, is("deadline", "timeout", "medium"), is("cancelled", "timeout", "medium", "concurrency", "unknown", "network"), is("cause", "validation", "medium", "unknown", "timeout"))
	add("os/exec", "plain", 2, print, is("missing", "filesystem", "medium", "dependency", "configuration"), is("failed", "dependency", "medium", "unknown"), is("killed", "resource_exhaustion", "high", "dependency", "timeout", "unknown"))
	add("net/url", "plain", 2, link, is("port", "validation", "medium", "configuration"), is("escape", "validation", "medium", "serialization"), is("scheme", "validation", "medium", "configuration"))
	add("crypto", "plain", 2, seal, is("key", "configuration", "high", "programming_error", "validation"), is("certificate", "configuration", "high", "serialization"), is("base64", "serialization", "medium", "validation"), is("hex", "serialization", "medium", "validation"))
	add("compress", "plain", 2, unpack, is("gzip", "serialization", "medium", "filesystem"), is("zip", "filesystem", "medium", "serialization"), is("eof", "serialization", "medium", "filesystem"))
	add("text/template", "plain", 2, letter, is("field", "programming_error", "medium", "configuration"), is("function", "programming_error", "medium", "configuration"), is("end", "programming_error", "medium", "serialization", "configuration"), is("nil", "programming_error", "medium"))
	add("errors", "plain", 2, joined, is("join", "unknown", "medium", "validation", "filesystem"), is("wrapped", "validation", "medium", "unknown"))
	add("runtime-b", "panic", 2, pack, is("assertion", "programming_error", "high"), is("map", "programming_error", "high"), is("closed", "concurrency", "high", "programming_error"), is("twice", "concurrency", "high", "programming_error"), is("makeslice", "programming_error", "high"), is("regexp", "programming_error", "high", "validation", "configuration"), is("generic", "programming_error", "high"))
	add("runtime-b", "panic", 2, packNested, is("defer", "programming_error", "high"), is("once", "programming_error", "high"), is("error", "timeout", "high", "unknown"))
	add("runtime-b", "crash", 2, crashPack, is("assertion", "programming_error", "critical"), is("map", "programming_error", "critical"), is("closed", "concurrency", "critical", "programming_error"), is("custom", "validation", "critical", "unknown", "programming_error"))
}

const archive = "postgres://shop:closed-door@127.0.0.1:15432/postgres"

func store(v Values) error {
	ctx := context.Background()
	connection, err := pgx.Connect(ctx, archive)
	if err != nil {
		return err
	}
	defer connection.Close(ctx)
	if v.How == "none" {
		var id int
		return connection.QueryRow(ctx, "SELECT id FROM orders WHERE id = $1", v.N).Scan(&id)
	}
	statement := map[string]string{
		"unique": "INSERT INTO customers (email) VALUES ('a@example.org')", "null": "INSERT INTO customers (id, age) VALUES (%d, 4)",
		"check": "INSERT INTO customers (id, email, age) VALUES (%[1]d, 'c%[1]d', -3)", "table": "SELECT * FROM parcels WHERE id = %d",
		"depth": "SELECT depth FROM orders WHERE id = %d", "colour": "SELECT colour FROM orders WHERE id = %d", "zero": "SELECT %d / 0",
		"uuid": "SELECT * FROM orders WHERE reference = 'x%d'",
	}[v.How]
	if strings.Contains(statement, "%") {
		statement = fmt.Sprintf(statement, v.N)
	}
	_, err = connection.Exec(ctx, statement)
	return err
}

func connect(v Values) error {
	url := map[string]string{
		"password": strings.Replace(archive, "closed-door", v.Text, 1), "database": strings.Replace(archive, "/postgres", "/attic", 1),
		"refused": strings.Replace(archive, "15432", fmt.Sprint(v.Port), 1), "dsn": fmt.Sprintf("postgres://127.0.0.1:port%d/x", v.N%9),
	}[v.How]
	connection, err := pgx.Connect(context.Background(), url)
	if err == nil {
		connection.Close(context.Background())
	}
	return err
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func basket(v Values) error {
	redis.SetLogger(quiet{})
	options := redis.Options{Addr: "127.0.0.1:16379", MaxRetries: -1, DisableIndentity: true, ReadTimeout: 200 * time.Millisecond}
	switch v.How {
	case "refused":
		options.Addr = fmt.Sprintf("127.0.0.1:%d", v.Port)
	case "timeout":
		options.Addr = "127.0.0.1:18081"
	}
	client := redis.NewClient(&options)
	defer client.Close()
	return client.Get(context.Background(), v.How+":"+v.ID).Err()
}

func stock(v Values) error {
	mysql.SetLogger(&mysql.NopLogger{})
	dsn := fmt.Sprintf("shop:x@tcp(127.0.0.1:%d)/stock", v.Port)
	if v.How == "dsn" {
		dsn = fmt.Sprintf("shop:x@tcp(127.0.0.1:%d", v.Port)
	}
	database, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer database.Close()
	return database.Ping()
}

func reserve(v Values) error {
	switch v.How {
	case "denied":
		return status.Errorf(codes.PermissionDenied, "customer %d may not reserve", v.N)
	case "unauthenticated":
		return status.Errorf(codes.Unauthenticated, "token of %s expired", v.ID)
	case "exhausted":
		return status.Errorf(codes.ResourceExhausted, "quota of %d requests used up", v.N)
	case "invalid":
		return status.Errorf(codes.InvalidArgument, "order %d has no lines", v.N)
	case "unimplemented":
		return status.Errorf(codes.Unimplemented, "unknown method Reserve%s for service shop.Stock", "All")
	}
	address := fmt.Sprintf("127.0.0.1:%d", v.Port)
	if v.How == "deadline" {
		address = "127.0.0.1:18081"
	}
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	return connection.Invoke(ctx, "/shop.Stock/Reserve", nil, nil, grpc.ForceCodec(empty{}), grpc.WaitForReady(v.How == "deadline"))
}

type empty struct{}

func (empty) Marshal(any) ([]byte, error)   { return nil, nil }
func (empty) Unmarshal([]byte, any) error   { return nil }
func (empty) Name() string                  { return "empty" }

type line struct {
	Sku   string `json:"sku" yaml:"sku" validate:"required"`
	Count int    `json:"count" yaml:"count" validate:"gte=0"`
	Email string `json:"email" yaml:"email" validate:"omitempty,email"`
}

func checkOrder(v Values) error {
	one := map[string]line{"required": {Count: v.N}, "minimum": {Sku: v.ID, Count: -v.N}, "email": {Sku: v.ID, Email: v.Text}}[v.How]
	return validator.New().Struct(one)
}

func menu(v Values) error {
	var one line
	text := map[string]string{"colon": "sku: b: %d", "tab": "sku:\n\t- %d", "type": "count: \"%dx\"", "field": "colour: %d"}[v.How]
	decoder := yaml.NewDecoder(strings.NewReader(fmt.Sprintf(text, v.N)))
	decoder.KnownFields(true)
	return decoder.Decode(&one)
}

func readOrder(v Values) error {
	if v.How == "unsupported" {
		_, err := json.Marshal(map[string]any{"n": v.N, "f": func() {}})
		return err
	}
	var one line
	text := map[string]string{"cut": `{"count": %d`, "token": `<html>%d`, "type": `{"sku": %d}`, "unknown": `{"colour": %d}`}[v.How]
	decoder := json.NewDecoder(strings.NewReader(fmt.Sprintf(text, v.N)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(&one)
}

func waiting(v Values) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	switch v.How {
	case "cancelled":
		cancel()
	case "cause":
		withCause, stop := context.WithCancelCause(context.Background())
		stop(fmt.Errorf("order %d was withdrawn", v.N))
		return context.Cause(withCause)
	}
	<-ctx.Done()
	return fmt.Errorf("packing order %d: %w", v.N, ctx.Err())
}

func print(v Values) error {
	command := map[string]*exec.Cmd{"missing": exec.Command("print-label", v.ID), "failed": exec.Command("sh", "-c", "exit 3"), "killed": exec.Command("sh", "-c", "kill -9 $$")}[v.How]
	return command.Run()
}

func link(v Values) error {
	text := map[string]string{"port": "http://127.0.0.1:a%d/", "escape": "http://a.example.org/%%zz%d", "scheme": ":/%d"}[v.How]
	_, err := url.Parse(fmt.Sprintf(text, v.N))
	return err
}

func seal(v Values) (err error) {
	switch v.How {
	case "key":
		_, err = aes.NewCipher(make([]byte, v.N%5+3))
	case "certificate":
		_, err = x509.ParseCertificate([]byte(v.Text))
	case "base64":
		_, err = base64.StdEncoding.DecodeString(fmt.Sprintf("%d-%d", v.N, v.N))
	default:
		_, err = hex.DecodeString(v.Text)
	}
	return err
}

func unpack(v Values) (err error) {
	switch v.How {
	case "gzip":
		_, err = gzip.NewReader(strings.NewReader(strings.Repeat(v.Text, 9)))
	case "zip":
		_, err = zip.NewReader(bytes.NewReader([]byte(v.Text)), int64(len(v.Text)))
	default:
		_, err = io.ReadFull(strings.NewReader(v.Text), make([]byte, 99))
	}
	return err
}

func letter(v Values) error {
	text := map[string]string{"field": "{{.Colour}}", "function": "{{money .N}}", "end": "{{if .N}}", "nil": "{{.N.Day}}"}[v.How]
	parsed, err := template.New("letter").Parse(text)
	if err != nil {
		return err
	}
	return parsed.Execute(io.Discard, v)
}

type emptyCart struct{ customer int }

func (e *emptyCart) Error() string { return fmt.Sprintf("cart of customer %d is empty", e.customer) }

func joined(v Values) error {
	if v.How == "wrapped" {
		return fmt.Errorf("order %s: %w", v.ID, &emptyCart{v.N})
	}
	return errors.Join(&emptyCart{v.N}, unpack(Values{Text: v.Text, How: "eof"}))
}

func largest[T int | string](all []T) T { return all[len(all)-1] }

func pack(v Values) error {
	var box any = v.ID
	switch v.How {
	case "assertion":
		return fmt.Errorf("%d", box.(int))
	case "map":
		var boxes map[int]string
		boxes[v.N] = v.ID
	case "closed":
		boxes := make(chan int)
		close(boxes)
		boxes <- v.N
	case "twice":
		boxes := make(chan int)
		close(boxes)
		close(boxes)
	case "makeslice":
		return fmt.Errorf("%d", len(make([]int, -v.N)))
	case "regexp":
		regexp.MustCompile(fmt.Sprintf("order (%d", v.N))
	case "generic":
		return fmt.Errorf("%d", largest([]int{}))
	}
	return nil
}

func packNested(v Values) error {
	switch v.How {
	case "once":
		var once sync.Once
		once.Do(func() { _ = pack(Values{How: "map", N: v.N}) })
	case "error":
		panic(waiting(Values{How: "deadline", N: v.N}))
	}
	defer func() { _ = recover(); var none *line; none.Sku = v.ID }()
	return pack(Values{How: "map", N: v.N})
}

func crashPack(v Values) error {
	if v.How == "custom" {
		panic(&emptyCart{v.N})
	}
	return pack(v)
}
