<?php
// PDO, doctrine/dbal, symfony, and the language's own errors.
declare(strict_types=1);

namespace Shop;

use Doctrine\DBAL\DriverManager;
use Symfony\Component\HttpClient\HttpClient;
use Symfony\Component\Yaml\Yaml;

const BOOKS = 'pgsql:host=127.0.0.1;port=15432;dbname=postgres';

final class Books
{
    private static function statement(Values $v): string
    {
        return strtr(match ($v->how) {
            'unique' => "INSERT INTO customers (email) VALUES ('a@example.org')",
            'null' => 'INSERT INTO customers (id, age) VALUES ({n}, 4)',
            'foreign' => 'INSERT INTO orders (customer_id, total) VALUES ({n}, 1)',
            'table' => 'SELECT * FROM invoices WHERE id = {n}',
            'syntax' => 'SELEC total FROM orders WHERE id = {n}',
            'uuid' => "SELECT * FROM orders WHERE reference = 'x{n}'",
            default => "SELECT {$v->how} FROM orders WHERE id = {n}",
        }, ['{n}' => (string) $v->n]);
    }

    public static function save(Values $v): void
    {
        (new \PDO(BOOKS, 'shop', 'closed-door'))->query(self::statement($v));
    }

    public static function open(Values $v): void
    {
        match ($v->how) {
            'refused' => new \PDO(strtr(BOOKS, ['15432' => (string) $v->port]), 'shop', 'x'),
            'password' => new \PDO(BOOKS, 'shop', $v->text),
            'database' => new \PDO(strtr(BOOKS, ['dbname=postgres' => 'dbname=ledger']), 'shop', 'closed-door'),
            'mysql' => new \PDO("mysql:host=127.0.0.1;port={$v->port};dbname=books", 'shop', 'x'),
            default => new \PDO('oracle:host=127.0.0.1'),
        };
    }

    public static function find(Values $v): mixed
    {
        $port = $v->how === 'refused' ? $v->port : 15432;
        $books = DriverManager::getConnection(['driver' => 'pdo_pgsql', 'host' => '127.0.0.1', 'port' => $port, 'user' => 'shop', 'password' => 'closed-door', 'dbname' => 'postgres']);
        return $books->executeQuery(self::statement($v))->fetchAllAssociative();
    }
}

interface Priced
{
    public function price(int $n): int;
}

final class Cart
{
    public readonly array $lines;
    private ?Cart $owner = null;

    public function __construct(array $lines)
    {
        $this->lines = $lines;
    }

    public function total(Values $v): mixed
    {
        return match ($v->how) {
            'null' => $this->owner->name($v->n),
            'method' => $this->weight(),
            'type' => $this->add($v->text),
            'readonly' => $this->lines = [],
            'zero' => $v->n % count($this->lines),
            'class' => new GiftWrapper(),
            'function' => gift_wrap($v->n),
            'count' => $this->add(),
            'closure' => array_map(fn (int $n) => intdiv($n, 0), [$v->n]),
            'constant' => self::LIMIT,
            'unmatched' => match ($v->n) { 1 => 2 },
            default => $v->id + 1,
        };
    }

    private function add(int $n): int
    {
        return $n;
    }
}

final class Files
{
    public static function read(Values $v): mixed
    {
        return match ($v->how) {
            'missing' => new \SplFileObject($v->path),
            'directory' => new \SplFileObject('/tmp'),
            default => new \DirectoryIterator("/tmp/shop-none-{$v->n}"),
        };
    }

    public static function wrapped(Values $v): never
    {
        try {
            self::read(new Values($v->turn, 'missing'));
        } catch (\RuntimeException $error) {
            throw new \DomainException("no invoice of order {$v->n}", 7, $error);
        }
    }
}

final class Menu
{
    public static function read(Values $v): mixed
    {
        return Yaml::parse(match ($v->how) {
            'colon' => "a: b: {$v->n}",
            'tab' => "a:\n\t- {$v->n}",
            default => "a: [1, {$v->n}",
        });
    }

    public static function fetch(Values $v): mixed
    {
        $address = $v->how === 'refused' ? "http://127.0.0.1:{$v->port}/menu" : "http://127.0.0.1:18080/status/{$v->how}/{$v->id}";
        $address = $v->how === 'html' ? "http://127.0.0.1:18080/html/{$v->n}" : $address;
        return HttpClient::create()->request('GET', $address)->toArray();
    }
}

Faults::add('pdo', Books::save(...), 'save', [
    ['unique', 'database', 'medium', 'validation'], ['null', 'database', 'medium', 'validation'], ['foreign', 'database', 'medium', 'validation'],
    ['table', 'database', 'high'], ['shelf', 'database', 'high'], ['vat', 'database', 'high'], ['syntax', 'database', 'medium', 'programming_error'], ['uuid', 'database', 'medium', 'validation', 'serialization'],
]);
Faults::add('pdo', Books::open(...), 'open', [
    ['refused', 'database', 'high', 'network'], ['password', 'database', 'high', 'authentication'], ['database', 'database', 'high', 'configuration'], ['mysql', 'database', 'high', 'network'], ['driver', 'database', 'critical', 'configuration', 'dependency'],
]);
Faults::add('doctrine', Books::find(...), 'find', [['table', 'database', 'high'], ['shelf', 'database', 'high'], ['unique', 'database', 'medium', 'validation'], ['refused', 'database', 'high', 'network']]);
Faults::add('php', fn (Values $v) => (new Cart([]))->total($v), 'total', array_map(fn ($how) => [$how, 'programming_error', 'medium'], ['null', 'method', 'type', 'readonly', 'zero', 'function', 'count', 'closure', 'constant', 'unmatched', 'text']));
Faults::add('php', fn (Values $v) => (new Cart([]))->total($v), 'wrap', [['class', 'dependency', 'high', 'programming_error']]);
Faults::add('php', Files::read(...), 'read', [['missing', 'filesystem', 'medium'], ['directory', 'filesystem', 'medium'], ['none', 'filesystem', 'medium']]);
Faults::add('php', Files::wrapped(...), 'wrapped', [['previous', 'filesystem', 'medium']]);
Faults::add('php', Files::wrapped(...), 'wrappedAgain', [['previous', 'filesystem', 'medium']]);
Faults::add('symfony', Menu::read(...), 'menu', [['colon', 'serialization', 'medium', 'configuration'], ['tab', 'serialization', 'medium', 'configuration'], ['bracket', 'serialization', 'medium', 'configuration']]);
Faults::add('symfony', Menu::fetch(...), 'fetch', [['refused', 'network', 'high'], ['401', 'authentication', 'high', 'authorization'], ['404', 'dependency', 'medium', 'validation'], ['429', 'rate_limit', 'medium'], ['503', 'dependency', 'high', 'network'], ['html', 'serialization', 'medium', 'dependency']]);
