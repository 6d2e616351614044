package com.acme.shop;

import static com.acme.shop.Harness.fault;
import static com.acme.shop.Harness.meaning;
import static com.acme.shop.Harness.once;
import static com.acme.shop.Harness.with;

import com.acme.shop.Harness.Values;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.yaml.snakeyaml.Yaml;

/** jackson, hibernate-validator, hikari, mysql, okhttp, spring-web, jjwt, snakeyaml, and the further half of the JDK. */
final class Measuring {
  static final String STAND_IN = "http://127.0.0.1:18080";

  static void register() {
    fault("jackson", "readOrder", Measuring::readOrder, meaning("unknown", "serialization", "medium", "validation"),
        meaning("number", "serialization", "medium", "validation"), meaning("cut", "serialization", "medium"),
        meaning("token", "serialization", "medium"), meaning("missing", "serialization", "medium", "validation"),
        meaning("enum", "serialization", "medium", "validation"), meaning("date", "serialization", "medium", "dependency configuration programming_error"));
    once("jackson", "writeOrder", Measuring::writeOrder, meaning("empty", "serialization", "medium", "programming_error"),
        meaning("getter", "serialization", "medium", "programming_error"));
    fault("hibernate-validator", "check", Measuring::check, meaning("min", "validation", "low"), meaning("null", "validation", "low"));
    fault("hikari", "connection", Measuring::connection,
        with(meaning("refused", "database", "high", "network timeout"), "db.system.name", "postgresql"),
        meaning("exhausted", "database", "high", "timeout resource_exhaustion"));
    once("hikari", "configure", Measuring::configure, meaning("driver", "configuration", "critical", "dependency database"),
        meaning("url", "configuration", "critical", "database"));
    fault("mysql-connector-j", "stock", Measuring::stock, meaning("refused", "database", "high", "network"),
        meaning("url", "database", "high", "configuration"));
    fault("okhttp", "track", Measuring::track, meaning("refused", "network", "high"), meaning("timeout", "timeout", "medium", "network"),
        meaning("dropped", "network", "medium", "dependency"), meaning("certificate", "network", "high", "configuration"),
        meaning("loop", "dependency", "medium", "network"), meaning("url", "validation", "medium", "configuration programming_error"));
    fault("spring-web", "quote", Measuring::quote, meaning("401", "authentication", "high", "authorization"),
        meaning("403", "authorization", "high", "authentication"), meaning("404", "dependency", "medium", "validation"),
        meaning("429", "rate_limit", "medium"), meaning("500", "dependency", "high"), meaning("503", "dependency", "high", "network"));
    fault("spring-web", "book", Measuring::book, meaning("refused", "network", "high", "dependency"),
        meaning("json", "serialization", "medium", "dependency"), meaning("html", "serialization", "medium", "dependency"));
    fault("jjwt", "open", Measuring::open, meaning("expired", "authentication", "medium"), meaning("signature", "authentication", "medium"),
        meaning("malformed", "authentication", "medium", "serialization validation"), meaning("unsigned", "authentication", "medium"));
    once("jjwt", "weak", Measuring::weak, meaning("weak", "configuration", "high", "validation authentication"));
    fault("snakeyaml", "menu", Measuring::menu, meaning("colon", "serialization", "medium", "configuration"),
        meaning("tab", "serialization", "medium", "configuration"), meaning("bracket", "serialization", "medium", "configuration"),
        meaning("tag", "serialization", "medium", "configuration"));
    fault("jdk.net.http", "fetch", Measuring::fetch, meaning("refused", "network", "high"), meaning("timeout", "timeout", "medium", "network"),
        meaning("scheme", "configuration", "medium", "validation programming_error"), meaning("dropped", "network", "medium", "dependency"),
        meaning("later", "network", "high"));
    fault("jdk.concurrent", "pack", Measuring::pack, meaning("execution", "programming_error", "medium"),
        meaning("completion", "serialization", "medium", "programming_error validation"), meaning("timeout", "timeout", "medium", "concurrency"),
        meaning("rejected", "concurrency", "medium", "resource_exhaustion"), meaning("cancelled", "concurrency", "medium", "unknown"),
        meaning("full", "concurrency", "medium", "resource_exhaustion"), meaning("monitor", "concurrency", "medium", "programming_error"));
    fault("jdk.security", "seal", Measuring::seal, meaning("algorithm", "configuration", "high", "programming_error dependency"),
        meaning("keystore", "configuration", "high", "authentication filesystem"), meaning("missing", "filesystem", "high", "configuration"),
        meaning("key", "configuration", "high", "programming_error validation"), meaning("padding", "validation", "medium", "serialization programming_error authentication"));
    fault("jdk.zip", "unpack", Measuring::unpack, meaning("zip", "filesystem", "medium", "serialization"),
        meaning("gzip", "serialization", "medium", "filesystem"), meaning("missing", "filesystem", "medium"));
    fault("jdk.xml", "feed", Measuring::feed, meaning("mismatch", "serialization", "medium"), meaning("prolog", "serialization", "medium"),
        meaning("entity", "serialization", "medium"));
    fault("jdk.text", "format", Measuring::format, meaning("conversion", "programming_error", "medium"), meaning("pattern", "programming_error", "medium", "validation serialization"),
        meaning("number", "serialization", "medium", "validation"), meaning("charset", "configuration", "medium", "programming_error dependency"));
    fault("jdk.process", "print", Measuring::print, meaning("missing", "filesystem", "medium", "dependency configuration"));
    once("jdk.reflect", "call", Measuring::call, meaning("method", "programming_error", "medium", "dependency"), meaning("invoke", "programming_error", "medium"),
        meaning("instance", "programming_error", "medium"), meaning("initialiser", "programming_error", "critical", "dependency configuration"));
    fault("jdk.streams", "sum", Measuring::sum, meaning("lambda", "programming_error", "medium"), meaning("inner", "programming_error", "medium"),
        meaning("collect", "programming_error", "medium", "validation"));
  }

  enum State { OPEN, PAID }

  record Line(@NotNull String sku, @Min(1) int count) {}

  static class Order {
    public String id;
    public int count;
    public State state;
    public List<Line> lines;
    public java.time.LocalDate day;
  }

  static final ObjectMapper JSON = new ObjectMapper();

  static void readOrder(Values v) throws Exception {
    JSON.readValue(switch (v.how()) {
      case "unknown" -> "{\"colour\": \"" + v.text() + "\"}";
      case "number" -> "{\"count\": \"" + v.text() + "\"}";
      case "cut" -> "{\"count\": " + v.n();
      case "token" -> "<html>" + v.n();
      case "missing" -> "{\"lines\": \"" + v.id() + "\"}";
      case "enum" -> "{\"state\": \"" + v.text() + "\"}";
      default -> "{\"day\": \"2026-01-" + v.n() % 28 + "\"}";
    }, Order.class);
  }

  static class Broken {
    public String getName() {
      return Integer.toString(List.of(1).get(3));
    }
  }

  static void writeOrder(Values v) throws Exception {
    JSON.writeValueAsString(v.how().equals("empty") ? new Object() : new Broken());
  }

  static void check(Values v) {
    Validator validator = Validation.buildDefaultValidatorFactory().getValidator();
    var found = validator.validate(v.how().equals("min") ? new Line(v.id(), -v.n()) : new Line(null, v.n()));
    throw new ConstraintViolationException(found);
  }

  static void connection(Values v) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setPoolName("orders");
    config.setConnectionTimeout(300);
    config.setMaximumPoolSize(1);
    config.setUsername("shop");
    config.setPassword("closed-door");
    boolean refused = v.how().equals("refused");
    config.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + (refused ? v.port() : 15432) + "/postgres");
    config.setInitializationFailTimeout(-1);
    try (HikariDataSource source = new HikariDataSource(config); Connection held = source.getConnection()) {
      source.getConnection().close();
    }
  }

  static void configure(Values v) {
    HikariConfig config = new HikariConfig();
    if (v.how().equals("driver")) {
      config.setDriverClassName("com.acme.Driver");
    }
    config.validate();
  }

  static void stock(Values v) throws Exception {
    DriverManager.getConnection(v.how().equals("refused") ? "jdbc:mysql://127.0.0.1:" + v.port() + "/stock"
        : "jdbc:mysql://127.0.0.1:port" + v.n() % 7 + "/stock", "shop", "x").close();
  }

  static void track(Values v) throws Exception {
    String url = switch (v.how()) {
      case "refused" -> "http://127.0.0.1:" + v.port() + "/parcels/" + v.id();
      case "timeout" -> "http://127.0.0.1:18081/" + v.n();
      case "dropped" -> STAND_IN + "/drop/" + v.n();
      case "certificate" -> "https://127.0.0.1:18443/" + v.n();
      case "loop" -> STAND_IN + "/loop/" + v.n();
      default -> "parcels/" + v.id();
    };
    OkHttpClient client = new OkHttpClient.Builder().readTimeout(Duration.ofMillis(200)).retryOnConnectionFailure(false).build();
    client.newCall(new Request.Builder().url(url).build()).execute().close();
  }

  static ResponseEntity<String> quote(Values v) {
    return new RestTemplate().getForEntity(STAND_IN + "/status/" + v.how() + "/" + v.id(), String.class);
  }

  static Object book(Values v) {
    String url = v.how().equals("refused") ? "http://127.0.0.1:" + v.port() + "/book" : STAND_IN + "/" + v.how() + "/" + v.n();
    return RestClient.create().get().uri(url).retrieve().body(Order.class);
  }

  static final javax.crypto.SecretKey KEY = Keys.hmacShaKeyFor("not-a-key-".repeat(4).getBytes(StandardCharsets.UTF_8));

  static Object open(Values v) {
    String token = switch (v.how()) {
      case "expired" -> Jwts.builder().subject(v.id()).expiration(new Date(1767225600000L + v.n() * 1000L)).signWith(KEY).compact();
      case "signature" -> Jwts.builder().subject(v.id()).signWith(Jwts.SIG.HS256.key().build()).compact();
      case "unsigned" -> Jwts.builder().subject(v.id()).compact();
      default -> v.text();
    };
    return Jwts.parser().verifyWith(KEY).build().parseSignedClaims(token);
  }

  static Object weak(Values v) {
    return Keys.hmacShaKeyFor("short".getBytes(StandardCharsets.UTF_8));
  }

  static Object menu(Values v) {
    return new Yaml().load(switch (v.how()) {
      case "colon" -> "a: b: " + v.n();
      case "tab" -> "a:\n\t- " + v.n();
      case "bracket" -> "a: [1, " + v.n();
      default -> "a: !shop " + v.n();
    });
  }

  static void fetch(Values v) throws Exception {
    String url = switch (v.how()) {
      case "timeout" -> "http://127.0.0.1:18081/" + v.n();
      case "scheme" -> "ftp://127.0.0.1/" + v.n();
      case "dropped" -> STAND_IN + "/drop/" + v.n();
      default -> "http://127.0.0.1:" + v.port() + "/rates";
    };
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofMillis(300)).build();
    if (v.how().equals("later")) {
      client.sendAsync(request, BodyHandlers.ofString()).join();
    } else {
      client.send(request, BodyHandlers.ofString());
    }
  }

  static int weigh(Values v) {
    return List.of(v.n()).get(v.n() % 3 + 1);
  }

  static void pack(Values v) throws Exception {
    ExecutorService workers = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1));
    try {
      switch (v.how()) {
        case "execution" -> workers.submit(() -> weigh(v)).get();
        case "completion" -> CompletableFuture.supplyAsync(() -> Integer.valueOf(v.id()), workers).join();
        case "timeout" -> workers.submit(() -> { Thread.sleep(2000); return 1; }).get(20, TimeUnit.MILLISECONDS);
        case "rejected" -> { workers.shutdown(); workers.submit(() -> 1); }
        case "cancelled" -> { var job = workers.submit(() -> { Thread.sleep(500); return 1; }); job.cancel(true); job.get(); }
        case "full" -> { for (int n = 0; n < 4; n++) { workers.submit(() -> { Thread.sleep(500); return 1; }); } }
        default -> new Object().notify();
      }
    } finally {
      workers.shutdownNow();
    }
  }

  static void seal(Values v) throws Exception {
    switch (v.how()) {
      case "algorithm" -> MessageDigest.getInstance("SHA-257");
      case "keystore" -> {
        Path path = Path.of("/tmp/shop-" + v.n() + ".p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var out = Files.newOutputStream(path)) { store.store(out, "one".toCharArray()); }
        try (var in = Files.newInputStream(path)) { KeyStore.getInstance("PKCS12").load(in, "two".toCharArray()); }
      }
      case "missing" -> KeyStore.getInstance(new java.io.File("/etc/shop/" + v.n() + ".p12"), "one".toCharArray());
      case "key" -> javax.crypto.Cipher.getInstance("AES/CBC/PKCS5Padding").init(1, new javax.crypto.spec.SecretKeySpec(new byte[v.n() % 5 + 3], "AES"));
      default -> {
        var cipher = javax.crypto.Cipher.getInstance("AES/ECB/PKCS5Padding");
        cipher.init(2, new javax.crypto.spec.SecretKeySpec(new byte[16], "AES"));
        cipher.doFinal(new byte[16]);
      }
    }
  }

  static void unpack(Values v) throws Exception {
    switch (v.how()) {
      case "zip" -> new ZipFile(Files.writeString(Path.of("/tmp/shop-" + v.n() + ".zip"), "no archive").toFile()).close();
      case "gzip" -> new GZIPInputStream(new java.io.ByteArrayInputStream(("x" + v.n()).getBytes(StandardCharsets.UTF_8))).close();
      default -> new ZipFile(v.path()).close();
    }
  }

  static void feed(Values v) throws Exception {
    String text = switch (v.how()) {
      case "mismatch" -> "<order><line id=\"" + v.n() + "\"></order>";
      case "prolog" -> "order " + v.n();
      default -> "<order>&pound;" + v.n() + "</order>";
    };
    var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    builder.setErrorHandler(null);
    builder.parse(new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  static Object format(Values v) throws Exception {
    return switch (v.how()) {
      case "conversion" -> String.format("%d", v.id());
      case "pattern" -> Pattern.compile("order (" + v.n());
      case "number" -> java.text.NumberFormat.getInstance().parse(v.text());
      default -> new String(new byte[1], "utf-9");
    };
  }

  static void print(Values v) throws Exception {
    new ProcessBuilder("print-label", v.id()).start();
  }

  abstract static class Abstract {}

  static class Initialised {
    static final int SIZE = Integer.parseInt(System.getProperty("shop.size", "many"));
  }

  public static void fails() {
    throw new IllegalStateException("not ready");
  }

  static Object call(Values v) throws Exception {
    return switch (v.how()) {
      case "method" -> Measuring.class.getMethod("weight", int.class);
      case "invoke" -> Measuring.class.getMethod("fails").invoke(null);
      case "instance" -> Abstract.class.getDeclaredConstructor().newInstance();
      default -> Initialised.SIZE;
    };
  }

  static Object sum(Values v) {
    List<String> names = java.util.Arrays.asList("a", null, v.id());
    return switch (v.how()) {
      case "lambda" -> names.stream().mapToInt(name -> name.length()).sum();
      case "inner" -> new Object() { int size() { return names.get(1).length(); } }.size();
      default -> java.util.stream.Stream.of(v.n(), v.n()).collect(java.util.stream.Collectors.toMap(n -> n, n -> n));
    };
  }
}
