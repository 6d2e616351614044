# frozen_string_literal: true

# faraday, redis, activerecord, jwt, excon, nokogiri, sinatra, and Ruby's wider standard library.
require "active_record"
require "csv"
require "erb"
require "excon"
require "faraday"
require "fiber"
require "httparty"
require "jwt"
require "nokogiri"
require "open3"
require "openssl"
require "redis"
require "sinatra/base"
require "stringio"
require "zlib"

module Parcels
  def self.label(v)
    client = Faraday.new("http://127.0.0.1:18080") { |one| one.response :raise_error }
    client.get("/status/#{v.how}/labels/#{v.id}")
  end

  def self.track(v)
    address = { "refused" => "http://127.0.0.1:#{v.port}/", "timeout" => "http://127.0.0.1:18081/", "certificate" => "https://127.0.0.1:18443/" }[v.how]
    Faraday.new(address, request: { timeout: 0.2 }).get("parcels/#{v.id}")
  end

  def self.quote(v)
    address = { "refused" => "http://127.0.0.1:#{v.port}/", "timeout" => "http://127.0.0.1:18081/" }[v.how] || "http://127.0.0.1:18080/status/#{v.how}/#{v.n}"
    Excon.get(address, read_timeout: 0.2, expects: [200])
  end

  def self.weather(v)
    v.how == "scheme" ? HTTParty.get("weather/#{v.n}") : HTTParty.get("http://127.0.0.1:18080/json/#{v.n}").parsed_response
  end
end

module Baskets
  def self.read(v)
    Redis.new(port: v.how == "refused" ? v.port : 16_379, reconnect_attempts: 0).get("#{v.how}:#{v.id}")
  end
end

class Record < ActiveRecord::Base
  self.abstract_class = true
end

class Customer < Record
  validates :email, presence: true, length: { maximum: 20 }
end

class Order < Record
end

module Archive
  def self.open_archive
    Record.establish_connection(adapter: "postgresql", host: "127.0.0.1", port: 15_432, username: "shop", password: "closed-door", database: "postgres")
  end

  def self.find(v)
    open_archive
    case v.how
    when "none" then Customer.find(v.n)
    when "invalid" then Customer.create!(email: "")
    when "long" then Customer.create!(email: "#{v.text}@example.org" * 3)
    when "attribute" then Customer.new(colour: v.text)
    when "unique" then Customer.create!(email: "a@example.org")
    when "column" then Order.where("depth = #{v.n}").first
    when "foreign" then Order.create!(customer_id: v.n, total: 1)
    else Order.find_by!(note: v.text)
    end
  end

  def self.refused(v)
    Record.establish_connection(adapter: "postgresql", host: "127.0.0.1", port: v.port, database: "postgres")
    Customer.first
  end
end

module Sessions
  KEY = "not-a-key"

  def self.open_session(v)
    token = case v.how
            when "expired" then JWT.encode({ exp: 1_767_225_600 + v.n }, KEY)
            when "signature" then JWT.encode({ sub: v.id }, "other")
            when "algorithm" then JWT.encode({ sub: v.id }, KEY, "HS512")
            else v.text
            end
    JWT.decode(token, KEY, true, algorithm: "HS256")
  end
end

class Shop < Sinatra::Base
  set :raise_errors, true
  set :show_exceptions, false
  set :environment, :test

  get("/orders/:id") { find_order(params["id"]).total }

  def find_order(_id) = nil
end

module Pages
  def self.serve(v)
    Rack::MockRequest.new(Shop).get("/orders/#{v.n}")
  end

  def self.letter(v)
    page = ERB.new("<%= order.#{v.how} %>")
    page.filename = "/srv/web/app/views/letter.erb"
    page.result_with_hash(order: v.n)
  end

  def self.feed(v)
    v.how == "xml" ? Nokogiri::XML("<order>#{v.n}") { |config| config.strict } : Nokogiri::HTML("<p>").css("p[#{v.n}")
  end
end

module Machine
  Point = Struct.new(:x)

  def self.run(v)
    case v.how
    when "missing" then Open3.capture2("print-label", v.id)
    when "gzip" then Zlib::GzipReader.new(StringIO.new(v.text))
    when "inflate" then Zlib::Inflate.inflate(v.text)
    when "encoding" then "\xff#{v.n}".encode("utf-16")
    when "ascii" then "#{v.n} \u20ac".encode("us-ascii")
    when "csv" then CSV.parse("a,\"b\n#{v.n}")
    when "fiber" then Fiber.new { v.n }.tap(&:resume).resume
    when "struct" then Point.new(v.n, 2)
    when "regexp" then Regexp.new("order (#{v.n}")
    when "key" then OpenSSL::PKey::RSA.new(v.text)
    when "cipher" then OpenSSL::Cipher.new("aes-256-cbc").tap { |one| one.key = v.text }
    when "mutated" then { 1 => 1 }.tap { |one| one.each { |key, _| one[key + v.n] = 1 } }
    else Thread.new { raise IOError, "scanner #{v.n} is gone" }.tap { |one| one.report_on_exception = false }.join
    end
  end

  def self.plugin(v) = require(v.how)

  def self.nested(v)
    begin
      Integer("#{v.n}kg")
    rescue ArgumentError
      raise KeyError, "weight of order #{v.n}"
    end
  rescue KeyError
    raise "order refused"
  end

  def self.each_line(v)
    [v.n].each { |n| [n].map { |one| one.weight } }
  end
end

fault "faraday", Parcels.method(:label), %w[401 authentication high authorization], %w[403 authorization high authentication], %w[404 dependency medium validation], %w[422 validation medium dependency], %w[500 dependency high]
fault "faraday", Parcels.method(:track), %w[refused network high], %w[timeout timeout medium network], %w[certificate network high configuration]
fault "excon", Parcels.method(:quote), %w[refused network high], %w[timeout timeout medium network], %w[401 authentication high authorization], %w[429 rate_limit medium], %w[503 dependency high network]
fault "httparty", Parcels.method(:weather), %w[scheme configuration medium validation programming_error], %w[json serialization medium dependency]
fault "redis-rb", Baskets.method(:read), %w[wrongtype database medium programming_error], %w[oom database high resource_exhaustion], %w[noauth database high authentication], %w[readonly database high configuration], %w[refused database high network]
fault "activerecord", Archive.method(:find), %w[none database low validation], %w[invalid validation low], %w[long validation low], %w[attribute programming_error medium validation], %w[unique database medium validation], %w[column database high], %w[foreign database medium validation], %w[nothing database low validation]
fault "activerecord", Archive.method(:refused), %w[refused database high network]
fault "ruby-jwt", Sessions.method(:open_session), %w[expired authentication medium], %w[signature authentication medium], %w[algorithm authentication medium configuration], %w[malformed authentication medium serialization validation]
fault "sinatra", Pages.method(:serve), %w[nil programming_error medium]
fault "erb", Pages.method(:letter), %w[weight programming_error medium], %w[colour programming_error medium], times: 1
fault "nokogiri", Pages.method(:feed), %w[xml serialization medium], %w[selector programming_error medium validation serialization]
fault "ruby-b", Machine.method(:run), %w[missing filesystem medium dependency configuration], %w[gzip serialization medium filesystem], %w[inflate serialization medium], %w[encoding serialization medium], %w[ascii serialization medium], %w[csv serialization medium validation],
      %w[fiber programming_error medium concurrency], %w[struct programming_error medium], %w[regexp programming_error medium validation serialization], %w[key configuration high serialization], %w[cipher configuration high programming_error validation], %w[mutated concurrency medium programming_error], %w[thread filesystem medium network infrastructure unknown]
fault "ruby-b", Machine.method(:plugin), %w[shop/gifts dependency critical configuration], %w[shop/loyalty dependency critical configuration], times: 1
fault "ruby-b", Machine.method(:nested), %w[three serialization medium validation programming_error]
fault "ruby-b", Machine.method(:each_line), %w[blocks programming_error medium]
