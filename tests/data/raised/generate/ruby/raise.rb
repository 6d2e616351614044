# frozen_string_literal: true

# `ruby raise.rb tuning|measuring`: raises every fault and writes down what the exceptions say, one JSON line each.
require "json"

ROOT = "/srv/web/"
FAULTS = []

# What differs each time, and the word of the meaning that is raised.
class Values
  attr_reader :n, :port, :id, :path, :text, :how

  def initialize(turn, how)
    @n = 40_213 + 977 * turn
    @port = 47_011 + 6 * turn
    @id = "ord_#{(@n * 829_348_951).to_s(16)}"
    @path = "/tmp/shop/#{@id}/invoice-#{@n}.json"
    @text = %w[north harbour meadow][turn]
    @how = how
  end
end

def fault(library, raiser, *meanings, times: 2)
  FAULTS << [library, raiser, meanings, times]
end

def handle(raiser, values)
  raiser.call(values)
  nil
rescue Exception => e # rubocop:disable Lint/RescueException
  e
end

def way(error)
  chain = [error]
  chain << chain.last.cause while chain.last.cause && !chain.include?(chain.last.cause)
  chain
end

def in_app(error)
  (error.backtrace_locations || []).find { |frame| frame.path.start_with?(ROOT) && !internal?(frame) }
end

# A method written in C has the place of its caller: there the nearest definition above has another name.
def internal?(frame)
  return false if frame.base_label.start_with?("<")

  above = File.foreach(frame.path).first(frame.lineno).reverse_each
  nearest = above.filter_map { |text| text[/def (?:self\.)?(\w+[?!]?)/, 1] }.first
  nearest && nearest != frame.base_label
end

def line(half, library, raiser, meaning, error)
  frames = error.backtrace_locations || []
  chain = way(error)
  source = in_app(chain.last) || in_app(error)
  {
    language: "ruby", library: library, half: half, type: error.class.to_s, message: error.message.dup.force_encoding("utf-8").scrub,
    stacktrace: error.full_message(highlight: false, order: :top).dup.force_encoding("utf-8").scrub, attributes: {},
    category: meaning[1], also: meaning[3..], severity: meaning[2],
    expected: {
      innermost_function: frames.first&.label, innermost_file: frames.first&.path, innermost_line: frames.first&.lineno,
      in_app_source_function: source&.label, in_app_source_file: source&.path,
      frames_count: error.backtrace.chunk_while { |one, other| one == other }.count, chain_types: chain.map { |one| one.class.to_s }
    },
    group: "ruby/#{library}/#{raiser.name}/#{meaning[0]}"
  }
end

half = ARGV[0]
require_relative "app/#{half}"

FAULTS.each do |library, raiser, meanings, times|
  meanings.each do |meaning|
    times.times do |turn|
      error = handle(raiser, Values.new(turn, meaning[0]))
      if error
        puts JSON.generate(line(half, library, raiser, meaning, error))
      else
        warn "did not raise: #{library} #{raiser.name} #{meaning[0]}"
      end
    end
  end
end
