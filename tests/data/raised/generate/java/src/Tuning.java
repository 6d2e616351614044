package com.acme.shop;

import static com.acme.shop.Harness.fault;
import static com.acme.shop.Harness.meaning;
import static com.acme.shop.Harness.once;
import static com.acme.shop.Harness.with;

import com.acme.shop.Harness.Values;
import com.google.common.base.Preconditions;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.Gson;
import java.io.FileInputStream;
import java.io.ObjectInputStream;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import redis.clients.jedis.Jedis;

/** postgresql, spring-jdbc, spring-context, jedis, gson, guava, and the nearer half of the JDK. */
final class Tuning {
  static final String BOOKS = "jdbc:postgresql://127.0.0.1:15432/postgres";

  static void register() {
    fault("postgres-jdbc", "saveOrder", Tuning::saveOrder,
        with(meaning("unique", "database", "medium", "validation"), "db.system.name", "postgresql"),
        meaning("null", "database", "medium", "validation"), meaning("foreign", "database", "medium", "validation"),
        meaning("table", "database", "high"), meaning("shelf", "database", "high"), meaning("vat", "database", "high"),
        meaning("syntax", "database", "medium", "programming_error"),
        meaning("uuid", "database", "medium", "validation serialization"),
        meaning("cancel", "database", "medium", "timeout"));
    fault("postgres-jdbc", "openBooks", Tuning::openBooks,
        meaning("refused", "database", "high", "network"), meaning("password", "database", "high", "authentication"),
        meaning("database", "database", "high", "configuration"));
    once("postgres-jdbc", "noDriver", Tuning::noDriver,
        meaning("driver", "database", "critical", "configuration dependency"));
    fault("spring-jdbc", "findOrder", Tuning::findOrder, meaning("none", "database", "low", "validation"),
        meaning("grammar", "database", "high"), meaning("duplicate", "database", "medium", "validation"),
        meaning("connection", "database", "high", "network"));
    once("spring-context", "startShop", Tuning::startShop, meaning("placeholder", "configuration", "critical"),
        meaning("missing", "configuration", "critical", "programming_error dependency"),
        meaning("failing", "programming_error", "critical", "configuration"));
    once("spring-context", "beanOf", Tuning::beanOf, meaning("bean", "configuration", "high", "programming_error dependency"));
    fault("jedis", "readBasket", Tuning::readBasket,
        meaning("wrongtype", "database", "medium", "programming_error"),
        meaning("oom", "database", "high", "resource_exhaustion"), meaning("noauth", "database", "high", "authentication"),
        meaning("readonly", "database", "high", "configuration"));
    fault("jedis", "openBasket", Tuning::openBasket, meaning("refused", "database", "high", "network"));
    fault("gson", "parseOrder", Tuning::parseOrder, meaning("string", "serialization", "medium"),
        meaning("number", "serialization", "medium", "validation"), meaning("cut", "serialization", "medium"),
        meaning("unquoted", "serialization", "medium"));
    fault("guava", "checkOrder", Tuning::checkOrder, meaning("argument", "validation", "low", "programming_error"),
        meaning("state", "programming_error", "medium", "validation"), meaning("null", "programming_error", "medium"),
        meaning("duplicate", "programming_error", "medium", "validation"),
        meaning("immutable", "programming_error", "medium"));
    fault("jdk.lang", "total", Tuning::total, meaning("null", "programming_error", "medium"),
        meaning("cast", "programming_error", "medium"), meaning("index", "programming_error", "medium"),
        meaning("string", "programming_error", "medium"), meaning("zero", "programming_error", "medium"),
        meaning("store", "programming_error", "medium"), meaning("negative", "programming_error", "medium"),
        meaning("optional", "programming_error", "medium"), meaning("iterator", "programming_error", "medium"));
    once("jdk.lang", "total", Tuning::total, meaning("enum", "programming_error", "medium", "validation serialization"));
    fault("jdk.lang", "parseField", Tuning::parseField, meaning("integer", "serialization", "medium", "validation programming_error"),
        meaning("uuid", "serialization", "medium", "validation"), meaning("date", "serialization", "medium", "validation"),
        meaning("decimal", "serialization", "medium", "validation"), meaning("uri", "validation", "medium", "serialization configuration"));
    fault("jdk.util", "mutate", Tuning::mutate, meaning("modified", "concurrency", "medium", "programming_error"),
        meaning("unmodifiable", "programming_error", "medium"), meaning("stream", "programming_error", "medium"));
    fault("jdk.io", "readInvoice", Tuning::readInvoice, meaning("missing", "filesystem", "medium", "configuration"),
        meaning("nio", "filesystem", "medium", "configuration"), meaning("directory", "filesystem", "medium"),
        meaning("exists", "filesystem", "medium"), meaning("object", "serialization", "medium", "filesystem"),
        meaning("wrapped", "filesystem", "medium"));
    fault("jdk.net", "connect", Tuning::connect, meaning("refused", "network", "high"), meaning("timeout", "timeout", "medium", "network"),
        meaning("host", "network", "high", "configuration"), meaning("bind", "network", "critical", "configuration"));
    once("jdk.lang", "overflow", Tuning::overflow, meaning("stack", "programming_error", "high", "resource_exhaustion"));
    once("jdk.lang", "loadPlugin", Tuning::loadPlugin, meaning("com.acme.gifts.Wrapper", "dependency", "critical"),
        meaning("com.acme.loyalty.Card", "dependency", "critical"));
    fault("jdk.lang", "closing", Tuning::closing, meaning("suppressed", "validation", "medium", "programming_error"));
    fault("jdk.lang", "chained", Tuning::chained, meaning("three", "filesystem", "medium"));
  }

  static void saveOrder(Values v) throws Exception {
    String sql = switch (v.how()) {
      case "unique" -> "INSERT INTO customers (email) VALUES ('a@example.org')";
      case "null" -> "INSERT INTO customers (id, age) VALUES (" + v.n() + ", 4)";
      case "foreign" -> "INSERT INTO orders (customer_id, total) VALUES (" + v.n() + ", 1)";
      case "table" -> "SELECT * FROM invoices WHERE id = " + v.n();
      case "syntax" -> "SELEC total FROM orders WHERE id = " + v.n();
      case "uuid" -> "SELECT * FROM orders WHERE reference = 'x" + v.n() + "'";
      case "cancel" -> "SET statement_timeout = 50; SELECT pg_sleep(2), " + v.n();
      default -> "SELECT " + v.how() + " FROM orders WHERE id = " + v.n();
    };
    try (Connection books = DriverManager.getConnection(BOOKS, "shop", "closed-door");
        Statement statement = books.createStatement()) {
      statement.execute(sql);
    }
  }

  static void openBooks(Values v) throws Exception {
    switch (v.how()) {
      case "refused" -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + v.port() + "/books", "shop", "x");
      case "password" -> DriverManager.getConnection(BOOKS, "shop", v.text());
      default -> DriverManager.getConnection(BOOKS.replace("/postgres", "/ledger"), "shop", "closed-door");
    }
  }

  static void noDriver(Values v) throws Exception {
    DriverManager.getConnection("jdbc:oracle:thin:@//127.0.0.1/books");
  }

  static void findOrder(Values v) {
    String url = v.how().equals("connection") ? "jdbc:postgresql://127.0.0.1:" + v.port() + "/books" : BOOKS;
    JdbcTemplate template = new JdbcTemplate(new DriverManagerDataSource(url, "shop", "closed-door"));
    switch (v.how()) {
      case "none" -> template.queryForObject("SELECT total FROM orders WHERE id = ?", BigDecimal.class, v.n());
      case "duplicate" -> template.update("INSERT INTO customers (email) VALUES ('a@example.org')");
      default -> template.queryForList("SELECT * FROM parcels WHERE id = " + v.n());
    }
  }

  @Configuration
  static class Placeholder {
    @Value("${shop.payment.url}")
    String url;
  }

  static class Printer {
    Printer(Jedis jedis) {}
  }

  @Configuration
  static class Missing {
    @Bean
    Printer printer(List<Jedis> all, Jedis jedis) {
      return new Printer(jedis);
    }
  }

  @Configuration
  static class Failing {
    @Bean
    String address() {
      return Map.of("street", "a").get("city").trim();
    }
  }

  static void startShop(Values v) {
    Class<?> configuration = switch (v.how()) {
      case "placeholder" -> Placeholder.class;
      case "missing" -> Missing.class;
      default -> Failing.class;
    };
    new AnnotationConfigApplicationContext(configuration,
        org.springframework.context.support.PropertySourcesPlaceholderConfigurer.class).close();
  }

  static void beanOf(Values v) {
    try (var context = new AnnotationConfigApplicationContext()) {
      context.refresh();
      context.getBean("printer");
    }
  }

  static void readBasket(Values v) {
    try (Jedis jedis = new Jedis("127.0.0.1", 16379)) {
      jedis.get(v.how() + ":" + v.id());
    }
  }

  static void openBasket(Values v) {
    try (Jedis jedis = new Jedis("127.0.0.1", v.port())) {
      jedis.get(v.id());
    }
  }

  record Order(String sku, int count, List<String> lines) {}

  static void parseOrder(Values v) {
    String text = switch (v.how()) {
      case "string" -> "\"" + v.text() + "\"";
      case "number" -> "{\"count\": \"" + v.text() + "\"}";
      case "cut" -> "{\"count\": " + v.n();
      default -> "{\"lines\": {" + v.n() + "]}";
    };
    new Gson().fromJson(text, Order.class);
  }

  static void checkOrder(Values v) {
    switch (v.how()) {
      case "argument" -> Preconditions.checkArgument(v.n() < 0, "order %s is closed", v.n());
      case "state" -> Preconditions.checkState(v.n() < 0, "cart of %s is empty", v.id());
      case "null" -> Preconditions.checkNotNull(null, "customer of %s", v.n());
      case "duplicate" -> ImmutableMap.of(v.n(), 1, v.n(), 2);
      default -> ImmutableList.of(1).add(v.n());
    }
  }

  enum State { OPEN, PAID }

  static Object total(Values v) {
    Map<String, Object> lines = new HashMap<>(Map.of("price", v.id()));
    return switch (v.how()) {
      case "null" -> lines.get("weight").hashCode();
      case "cast" -> (Integer) lines.get("price");
      case "index" -> new String[]{v.id()}[v.n()];
      case "string" -> v.id().substring(v.n());
      case "zero" -> v.n() / (lines.size() - 1);
      case "store" -> { Object[] all = new String[1]; all[0] = v.n(); yield all; }
      case "negative" -> new int[-v.n()];
      case "enum" -> State.valueOf(v.text());
      case "optional" -> Optional.empty().orElseThrow();
      default -> { Iterator<?> one = new ArrayList<>().iterator(); yield one.next(); }
    };
  }

  static Object parseField(Values v) {
    return switch (v.how()) {
      case "integer" -> Integer.parseInt(v.n() + "kg");
      case "uuid" -> UUID.fromString(v.text() + v.n());
      case "date" -> LocalDate.parse("2026-13-" + v.n() % 28);
      case "decimal" -> new BigDecimal(v.n() + " EUR");
      default -> URI.create("http://shop example/" + v.n());
    };
  }

  static void mutate(Values v) {
    List<Integer> numbers = new ArrayList<>(List.of(1, 2, v.n()));
    switch (v.how()) {
      case "modified" -> { for (Integer each : numbers) { numbers.remove(each); } }
      case "unmodifiable" -> List.copyOf(numbers).add(1);
      default -> { Stream<Integer> stream = numbers.stream(); stream.count(); stream.count(); }
    }
  }

  static void readInvoice(Values v) throws Exception {
    switch (v.how()) {
      case "missing" -> new FileInputStream(v.path()).close();
      case "nio" -> Files.readString(Path.of(v.path()));
      case "directory" -> Files.readString(Path.of("/tmp"));
      case "exists" -> Files.createDirectory(Path.of("/tmp"));
      case "object" -> {
        Path path = Files.writeString(Path.of("/tmp/shop-object-" + v.n()), "no object");
        try (var in = new ObjectInputStream(Files.newInputStream(path))) { in.readObject(); }
      }
      default -> {
        try (Stream<Path> files = Files.list(Path.of("/tmp/shop-none-" + v.n()))) { files.count(); }
        catch (java.io.IOException error) { throw new java.io.UncheckedIOException("no invoices of " + v.n(), error); }
      }
    }
  }

  static void connect(Values v) throws Exception {
    switch (v.how()) {
      case "refused" -> new Socket("127.0.0.1", v.port()).close();
      case "timeout" -> {
        try (Socket socket = new Socket("127.0.0.1", 18081)) { socket.setSoTimeout(100); socket.getInputStream().read(); }
      }
      case "host" -> new Socket(v.text() + ".shop.invalid", 80).close();
      default -> { try (ServerSocket server = new ServerSocket()) { server.bind(new InetSocketAddress("127.0.0.1", 18080)); } }
    }
  }

  static int countdown(int n) {
    return countdown(n + 1) + 1;
  }

  static void overflow(Values v) {
    countdown(0);
  }

  static void loadPlugin(Values v) throws Exception {
    Class.forName(v.how());
  }

  static class Drawer implements AutoCloseable {
    @Override
    public void close() {
      throw new IllegalStateException("drawer is stuck");
    }
  }

  static void closing(Values v) {
    try (Drawer drawer = new Drawer()) {
      throw new IllegalArgumentException("order " + v.n() + " has no total");
    }
  }

  static void chained(Values v) throws Exception {
    try {
      try {
        Files.size(Path.of(v.path()));
      } catch (java.io.IOException error) {
        throw new IllegalStateException("no size of order " + v.n(), error);
      }
    } catch (IllegalStateException error) {
      throw new Exception(error);
    }
  }
}
