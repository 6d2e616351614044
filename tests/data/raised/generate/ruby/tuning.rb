# frozen_string_literal: true

# pg, mysql2, sequel, net/http, and the language's own errors.
require "date"
require "mysql2"
require "net/http"
require "pg"
require "sequel"
require "socket"
require "timeout"
require "yaml"

module Books
  SETTINGS = { host: "127.0.0.1", port: 15_432, user: "shop", password: "closed-door", dbname: "postgres" }.freeze
  STATEMENTS = {
    "unique" => "INSERT INTO customers (email) VALUES ('a@example.org')", "null" => "INSERT INTO customers (id, age) VALUES (%d, 4)",
    "foreign" => "INSERT INTO orders (customer_id, total) VALUES (%d, 1)", "table" => "SELECT * FROM invoices WHERE id = %d",
    "shelf" => "SELECT shelf FROM orders WHERE id = %d", "vat" => "SELECT vat FROM orders WHERE id = %d",
    "syntax" => "SELEC total FROM orders WHERE id = %d", "cancel" => "SET statement_timeout = 50; SELECT pg_sleep(2), %d"
  }.freeze

  def self.save(v)
    PG.connect(**SETTINGS).exec(format(STATEMENTS[v.how].dup, v.n))
  end

  def self.open_books(v)
    case v.how
    when "refused" then PG.connect(**SETTINGS, port: v.port)
    when "password" then PG.connect(**SETTINGS, password: v.text)
    else PG.connect(**SETTINGS, dbname: "ledger")
    end
  end

  def self.stock(v)
    Mysql2::Client.new(host: "127.0.0.1", port: v.port, username: "shop")
  end

  def self.find(v)
    return Sequel.connect("postgres://shop@127.0.0.1:#{v.port}/books").test_connection if v.how == "refused"

    Sequel.connect("postgres://shop:closed-door@127.0.0.1:15432/postgres")[:orders].where(id: v.n).select(v.how.to_sym).all
  end
end

class Prices
  def self.fetch(v)
    address = {
      "refused" => "http://127.0.0.1:#{v.port}/prices", "drop" => "http://127.0.0.1:18080/drop/#{v.n}",
      "certificate" => "https://127.0.0.1:18443/prices/#{v.n}", "host" => "http://#{v.text}.shop.invalid/"
    }.fetch(v.how)
    Net::HTTP.get(URI(address))
  end

  def self.slowly(v)
    Net::HTTP.start("127.0.0.1", 18_081, read_timeout: 0.2) { |http| http.get("/#{v.n}") }
  end

  def self.checked(v)
    Net::HTTP.get_response(URI("http://127.0.0.1:18080/status/#{v.how}/#{v.id}")).value
  end
end

class Cart
  attr_reader :lines

  def initialize(lines)
    @lines = lines.freeze
  end

  def total(v)
    case v.how
    when "nil" then lines[v.n].price
    when "method" then lines.sum_up
    when "name" then undeclared_total
    when "type" then lines.first + v.n
    when "key" then { price: v.n }.fetch(:gross)
    when "frozen" then lines << v.n
    when "arguments" then add(v.n)
    when "zero" then lines.map { |_| v.n / 0 }
    when "constant" then GiftWrapper
    else lines.fetch(v.n)
    end
  end

  def add(one, other) = one + other
end

module Fields
  def self.read(v)
    case v.how
    when "integer" then Integer("#{v.n}kg")
    when "float" then Float("#{v.n},5")
    when "date" then Date.parse(v.text)
    when "json" then JSON.parse("{\"n\": #{v.n}")
    else YAML.safe_load("a: [1, #{v.n}")
    end
  end

  def self.setting(v) = ENV.fetch(v.how)

  def self.cart(v) = Cart.new(["a"]).total(v)
end

module Files
  def self.read(v)
    case v.how
    when "missing" then File.read(v.path)
    when "directory" then File.read("/tmp")
    else Dir.mkdir("/tmp")
    end
  end

  def self.wrapped(v)
    read(Values.new(0, "missing"))
  rescue SystemCallError
    raise ArgumentError, "no invoice of order #{v.n}"
  end

  def self.waiting(v) = Timeout.timeout(0.05) { sleep v.n }

  def self.deep(v) = deep(v)

  def self.dial(v)
    v.how == "refused" ? TCPSocket.new("127.0.0.1", v.port) : TCPServer.new("127.0.0.1", 18_080)
  end
end

fault "pg-ruby", Books.method(:save), %w[unique database medium validation], %w[null database medium validation], %w[foreign database medium validation],
      %w[table database high], %w[shelf database high], %w[vat database high], %w[syntax database medium programming_error], %w[cancel database medium timeout]
fault "pg-ruby", Books.method(:open_books), %w[refused database high network], %w[password database high authentication], %w[database database high configuration]
fault "mysql2-ruby", Books.method(:stock), %w[refused database high network]
fault "sequel", Books.method(:find), %w[refused database high network], %w[shelf database high], %w[vat database high]
fault "net-http", Prices.method(:fetch), %w[refused network high], %w[drop network medium dependency], %w[certificate network high configuration], %w[host network high configuration]
fault "net-http", Prices.method(:slowly), %w[timeout timeout medium network]
fault "net-http", Prices.method(:checked), %w[401 authentication high authorization], %w[404 dependency medium validation], %w[429 rate_limit medium], %w[503 dependency high network]
fault "ruby", Fields.method(:cart), *%w[nil method name type key frozen arguments zero index].map { |how| [how, "programming_error", "medium"] }, %w[constant dependency high programming_error]
fault "ruby", Fields.method(:read), %w[integer serialization medium validation programming_error], %w[float serialization medium validation programming_error], %w[date serialization medium validation], %w[json serialization medium], %w[yaml serialization medium configuration]
fault "ruby", Fields.method(:setting), %w[STRIPE_API_BASE configuration critical], %w[DATABASE_URL configuration critical], times: 1
fault "ruby", Files.method(:read), %w[missing filesystem medium configuration], %w[directory filesystem medium], %w[exists filesystem medium]
fault "ruby", Files.method(:wrapped), %w[cause filesystem medium]
fault "ruby", Files.method(:waiting), %w[timeout timeout medium]
fault "ruby", Files.method(:dial), %w[refused network high], %w[listen network critical configuration]
