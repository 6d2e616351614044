<?php
// `php raise.php tuning|measuring`: raises every fault and writes down what the Throwables say, one JSON line each.
declare(strict_types=1);

namespace Shop;

const ROOT = '/var/www/html/';

spl_autoload_register(function (string $class): void {
    $file = '/usr/share/php/' . str_replace('\\', '/', $class) . '.php';
    if (is_file($file)) {
        require $file;
    }
});
foreach (['GuzzleHttp/functions_include.php', 'GuzzleHttp/Psr7/functions_include.php', 'GuzzleHttp/Promise/functions_include.php', 'Symfony/Component/String/Resources/functions.php'] as $file) {
    if (is_file("/usr/share/php/$file")) {
        require_once "/usr/share/php/$file";
    }
}

final class Values
{
    public readonly int $n;
    public readonly int $port;
    public readonly string $id;
    public readonly string $path;
    public readonly string $text;

    public function __construct(public readonly int $turn, public readonly string $how)
    {
        $this->n = 40213 + 977 * $turn;
        $this->port = 47011 + 6 * $turn;
        $this->id = 'ord_' . dechex($this->n * 829348951);
        $this->path = "/tmp/shop/{$this->id}/invoice-{$this->n}.json";
        $this->text = ['north', 'harbour', 'meadow'][$turn];
    }
}

final class Faults
{
    public static array $all = [];

    public static function add(string $library, callable $raise, string $name, array $meanings, int $times = 2): void
    {
        self::$all[] = [$library, $raise, $name, $meanings, $times];
    }
}

function handle(callable $raise, Values $values): ?\Throwable
{
    try {
        $raise($values);
    } catch (\Throwable $error) {
        return $error;
    }
    return null;
}

/** The frames as PHP means them: each function with the place where it stood when the next was called. */
function frames(\Throwable $error): array
{
    $file = $error->getFile();
    $line = $error->getLine();
    $frames = [];
    foreach ($error->getTrace() as $call) {
        $frames[] = ['class' => $call['class'] ?? null, 'function' => $call['function'], 'file' => $file, 'line' => $line];
        $file = $call['file'] ?? null;
        $line = $call['line'] ?? null;
    }
    $frames[] = ['class' => null, 'function' => '{main}', 'file' => $file, 'line' => $line];
    return $frames;
}

function isInternal(array $frame): bool
{
    if ($frame['function'] === '{main}' || str_contains($frame['function'], '{closure}')) {
        return false;
    }
    try {
        $known = $frame['class'] !== null ? new \ReflectionMethod($frame['class'], $frame['function']) : new \ReflectionFunction($frame['function']);
    } catch (\ReflectionException) {
        return false;
    }
    return $known->isInternal();
}

function inApp(\Throwable $error): ?array
{
    foreach (frames($error) as $frame) {
        if ($frame['file'] !== null && str_starts_with($frame['file'], ROOT) && !isInternal($frame)) {
            return $frame;
        }
    }
    return null;
}

function way(\Throwable $error): array
{
    $chain = [];
    for ($at = $error; $at !== null; $at = $at->getPrevious()) {
        $chain[] = $at;
    }
    return $chain;
}

/** The format of OpenTelemetry's SDK for PHP, which imitates Java: base names, dots, `Caused by`, frames in common left out. */
function sdkText(\Throwable $error): string
{
    $text = '';
    $outer = null;
    foreach (way($error) as $one) {
        $frames = frames($one);
        $kept = count($frames);
        for ($other = $outer === null ? 0 : count($outer); $kept && $other && $frames[$kept - 1] == $outer[$other - 1]; $other--) {
            $kept--;
        }
        $text .= ($outer === null ? '' : "\nCaused by: ") . strtr($one::class, '\\', '.') . ($one->getMessage() !== '' ? ': ' . $one->getMessage() : '');
        foreach (array_slice($frames, 0, $kept) as $frame) {
            $name = ($frame['class'] !== null ? strtr($frame['class'], '\\', '.') . '.' : '') . strtr($frame['function'], '\\', '.');
            $place = $frame['file'] === null ? 'Unknown Source' : basename($frame['file']) . ($frame['line'] ? ":{$frame['line']}" : '');
            $text .= "\n\tat $name($place)";
        }
        if ($kept < count($frames)) {
            $text .= "\n\t... " . (count($frames) - $kept) . ' more';
        }
        $outer = $frames;
    }
    return $text;
}

function line(string $half, array $fault, array $meaning, \Throwable $error, bool $sdk): array
{
    [$library, , $name] = $fault;
    $chain = way($error);
    $frames = frames($error);
    $source = inApp($chain[count($chain) - 1]) ?? inApp($error);
    return [
        'language' => 'php', 'library' => $library, 'half' => $half, 'type' => $error::class, 'message' => $error->getMessage(),
        'stacktrace' => $sdk ? sdkText($error) : (string) $error, 'attributes' => new \stdClass(), 'category' => $meaning[1],
        'also' => array_slice($meaning, 3), 'severity' => $meaning[2],
        'expected' => [
            'innermost_function' => $frames[0]['function'], 'innermost_file' => $frames[0]['file'], 'innermost_line' => $frames[0]['line'],
            'in_app_source_function' => $source['function'] ?? null, 'in_app_source_file' => $source['file'] ?? null,
            'frames_count' => count($frames), 'chain_types' => array_map(fn ($one) => $one::class, $chain),
        ],
        'group' => "php/$library/$name/{$meaning[0]}",
    ];
}

$half = $argv[1];
require __DIR__ . "/$half.php";
ini_set('display_errors', '0');
foreach (Faults::$all as $at => $fault) {
    foreach ($fault[3] as $meaning) {
        for ($turn = 0; $turn < $fault[4]; $turn++) {
            $error = handle($fault[1], new Values($turn, $meaning[0]));
            if ($error === null) {
                fwrite(STDERR, "did not raise: {$fault[0]} {$fault[2]} {$meaning[0]}\n");
                continue;
            }
            $options = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE;
            echo json_encode(line($half, $fault, $meaning, $error, $at % 3 === 2), $options), "\n";
        }
    }
}
