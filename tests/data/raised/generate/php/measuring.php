<?php
// guzzle, twig, and what PHP's extensions throw.
declare(strict_types=1);

namespace Shop;

use GuzzleHttp\Client;
use GuzzleHttp\Psr7\Uri;

final class Parcels
{
    public function __construct(private readonly Client $client = new Client(['timeout' => 0.3]))
    {
    }

    public function label(Values $v): mixed
    {
        return $this->client->get("http://127.0.0.1:18080/status/{$v->how}/labels/{$v->id}");
    }

    public function track(Values $v): mixed
    {
        return $this->client->request('GET', match ($v->how) {
            'refused' => "http://127.0.0.1:{$v->port}/parcels",
            'loop' => "http://127.0.0.1:18080/loop/{$v->n}",
            'timeout' => "http://127.0.0.1:18081/{$v->n}",
            default => "https://127.0.0.1:18443/{$v->n}",
        }, ['allow_redirects' => ['max' => 3]]);
    }

    public function decode(Values $v): mixed
    {
        return \GuzzleHttp\Utils::jsonDecode("<html>{$v->n}");
    }

    public function link(Values $v): mixed
    {
        return (new Uri('http://a.example.org'))->withPort($v->n * 9);
    }
}

final class Letters
{
    public static function render(Values $v): string
    {
        $text = ['variable' => '{{ colour }}', 'syntax' => '{{ n +* 2 }}', 'filter' => '{{ n|money }}', 'tag' => '{% frob %}', 'end' => '{% if n %}', 'include' => '{% include "none.html" %}'][$v->how];
        return (new \Twig\Environment(new \Twig\Loader\ArrayLoader(['letter.html' => $text]), ['strict_variables' => true]))->render('letter.html', ['n' => $v->n]);
    }
}

enum State: string
{
    case Open = 'open';
}

final class Fields
{
    public static function read(Values $v): mixed
    {
        return match ($v->how) {
            'json' => json_decode("{\"n\": {$v->n}", flags: JSON_THROW_ON_ERROR),
            'utf8' => json_encode("\xff{$v->n}", JSON_THROW_ON_ERROR),
            'date' => new \DateTimeImmutable("{$v->n} of May"),
            'zone' => new \DateTimeZone("Europe/{$v->text}"),
            'interval' => new \DateInterval("P{$v->n}X"),
            'enum' => State::from($v->text),
            default => new \SimpleXMLElement("<order>{$v->n}"),
        };
    }

    public static function compute(Values $v): mixed
    {
        return match ($v->how) {
            'zero' => intdiv($v->n, 0),
            'shift' => $v->n << -1,
            'random' => random_int($v->n, 1),
            'generator' => (function () { yield 1; })()->throw(new \LogicException("parcel {$v->n} is late")),
            'clone' => clone self::locked(),
            'iterator' => iterator_to_array(new \LimitIterator(new \ArrayIterator([1]), $v->n)),
            'queue' => (new \SplQueue())->dequeue(),
            'fixed' => (new \SplFixedArray(1))[$v->n],
            default => self::named(colour: $v->n),
        };
    }

    private static function locked(): \Generator
    {
        yield 1;
    }

    private static function named(int $n): int
    {
        return $n;
    }
}

final class Requests
{
    public function __call(string $name, array $arguments): mixed
    {
        throw new \BadMethodCallException("no action $name for order {$arguments[0]->n}");
    }

    public static function nested(Values $v): never
    {
        try {
            try {
                Fields::read(new Values($v->turn, 'json'));
            } catch (\JsonException $error) {
                throw new \RuntimeException("body of order {$v->n} is broken", 0, $error);
            }
        } catch (\RuntimeException $error) {
            throw new \LogicException('request refused', 0, $error);
        }
    }
}

$parcels = new Parcels();
Faults::add('guzzle', $parcels->label(...), 'label', [['401', 'authentication', 'high', 'authorization'], ['403', 'authorization', 'high', 'authentication'], ['404', 'dependency', 'medium', 'validation'], ['429', 'rate_limit', 'medium'], ['500', 'dependency', 'high'], ['503', 'dependency', 'high', 'network']]);
Faults::add('guzzle', $parcels->track(...), 'track', [['refused', 'network', 'high'], ['timeout', 'timeout', 'medium', 'network'], ['loop', 'dependency', 'medium', 'network', 'configuration'], ['certificate', 'network', 'high', 'configuration']]);
Faults::add('guzzle', $parcels->decode(...), 'decode', [['html', 'serialization', 'medium', 'validation']]);
Faults::add('guzzle', $parcels->link(...), 'link', [['port', 'validation', 'medium', 'configuration', 'programming_error']]);
Faults::add('twig', Letters::render(...), 'render', [['variable', 'programming_error', 'medium', 'configuration'], ['syntax', 'programming_error', 'medium', 'serialization', 'configuration'], ['filter', 'programming_error', 'medium', 'configuration'], ['tag', 'programming_error', 'medium', 'serialization', 'configuration'], ['end', 'programming_error', 'medium', 'serialization', 'configuration'], ['include', 'filesystem', 'medium', 'configuration', 'programming_error']], 1);
Faults::add('php-ext', Fields::read(...), 'read', [['json', 'serialization', 'medium'], ['utf8', 'serialization', 'medium'], ['date', 'serialization', 'medium', 'validation'], ['zone', 'configuration', 'medium', 'validation', 'serialization', 'programming_error'], ['interval', 'serialization', 'medium', 'validation', 'programming_error'], ['enum', 'validation', 'medium', 'serialization', 'programming_error'], ['xml', 'serialization', 'medium']]);
Faults::add('php-ext', Fields::compute(...), 'compute', [['zero', 'programming_error', 'medium'], ['shift', 'programming_error', 'medium'], ['random', 'programming_error', 'medium', 'validation'], ['generator', 'programming_error', 'medium', 'unknown', 'validation'], ['clone', 'programming_error', 'medium'], ['iterator', 'programming_error', 'medium', 'validation'], ['queue', 'programming_error', 'medium'], ['fixed', 'programming_error', 'medium'], ['named', 'programming_error', 'medium']]);
Faults::add('php-ext', fn (Values $v) => (new Requests())->shipOrder($v), 'call', [['action', 'programming_error', 'medium']]);
Faults::add('php-ext', Requests::nested(...), 'nested', [['two', 'serialization', 'medium', 'validation']]);
