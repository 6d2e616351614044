// Raises every registered fault and writes down what the runtime says, one JSON line each.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/pkg/errors"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// Values is what differs each time, and the word of the meaning that is raised.
type Values struct {
	N, Port            int
	ID, Path, Text, How string
}

type meaning struct {
	key, category, severity string
	also                    []string
}

type fault struct {
	library  string
	function string
	form     string // "plain", "recorded", "stack", "panic" or "crash"
	raise    func(Values) error
	times    int
	meanings []meaning
}

var faults []fault

func add(library, form string, times int, raise func(Values) error, meanings ...meaning) {
	name := runtime.FuncForPC(reflect.ValueOf(raise).Pointer()).Name()
	faults = append(faults, fault{library, name[strings.LastIndex(name, ".")+1:], form, raise, times, meanings})
}

func is(key, category, severity string, also ...string) meaning {
	return meaning{key, category, severity, also}
}

func values(turn int, how string) Values {
	n := 40213 + 977*turn
	id := fmt.Sprintf("ord_%x", n*829348951)
	return Values{n, 47011 + 6*turn, id, fmt.Sprintf("/tmp/shop/%s/invoice-%d.json", id, n),
		[]string{"north", "harbour", "meadow"}[turn], how}
}

func main() {
	if len(os.Args) > 2 {
		crash(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
		return
	}
	register(os.Args[1])
	for _, one := range faults {
		for _, how := range one.meanings {
			for turn := range one.times {
				raised := handle(one, values(turn, how.key), turn)
				if raised == nil {
					fmt.Fprintln(os.Stderr, "did not raise:", one.function, how.key)
					continue
				}
				write(one, how, raised)
			}
		}
	}
}

func register(half string) {
	if half == "tuning" {
		tuning()
	} else {
		measuring()
	}
}

type raisedError struct {
	Type, Message, Stack string
	Expected             map[string]any
}

func handle(one fault, v Values, turn int) *raisedError {
	switch one.form {
	case "panic":
		return recovered(one, v)
	case "crash":
		return crashed(one, v, turn)
	}
	err := one.raise(v)
	if err == nil {
		return nil
	}
	raised := &raisedError{Type: typeName(err), Message: err.Error(), Expected: map[string]any{}}
	switch one.form {
	case "recorded":
		raised.Stack, raised.Expected = recordError(err)
	case "stack":
		raised.Stack, raised.Expected = fmt.Sprintf("%+v", err), stackOf(err)
	}
	return raised
}

// typeName is what OpenTelemetry's SDK for Go writes.
func typeName(value any) string {
	kind := reflect.TypeOf(value)
	if kind.PkgPath() == "" && kind.Name() == "" {
		return kind.String()
	}
	return strings.TrimPrefix(kind.PkgPath()+"."+kind.Name(), ".")
}

// recordError is the SDK's own record, with the stack of the place that records.
func recordError(err error) (string, map[string]any) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
	_, span := provider.Tracer("shop").Start(context.Background(), "order")
	expected := callers(2)
	span.RecordError(err, trace.WithStackTrace(true))
	span.End()
	for _, attribute := range recorder.Ended()[0].Events()[0].Attributes {
		if attribute.Key == "exception.stacktrace" {
			expected["innermost_line"] = nil
			return attribute.Value.AsString(), expected
		}
	}
	panic("no stack")
}

func recovered(one fault, v Values) (raised *raisedError) {
	defer func() {
		if reason := recover(); reason != nil {
			raised = &raisedError{typeName(reason), fmt.Sprint(reason), string(debug.Stack()), callers(2)}
		}
	}()
	_ = one.raise(v)
	return nil
}

func crash(half, function, key, turn string) {
	register(half)
	var at int
	fmt.Sscan(turn, &at)
	for _, one := range faults {
		if one.function == function {
			_ = one.raise(values(at, key))
		}
	}
}

func crashed(one fault, v Values, turn int) *raisedError {
	told := recovered(one, v)
	output, _ := exec.Command(os.Args[0], os.Args[1], one.function, v.How, fmt.Sprint(turn)).CombinedOutput()
	stack := strings.TrimSuffix(string(output), "exit status 2\n")
	frames := told.Expected
	frames["frames_count"] = nil
	return &raisedError{told.Type, told.Message, stack, frames}
}

// callers tells the frames from the one that panicked, or that called, outwards.
func callers(skip int) map[string]any {
	pcs := make([]uintptr, 100)
	iterator := runtime.CallersFrames(pcs[:runtime.Callers(skip, pcs)])
	var all []runtime.Frame
	for {
		frame, more := iterator.Next()
		all = append(all, frame)
		if !more {
			break
		}
	}
	for at := len(all) - 1; at >= 0; at-- {
		if all[at].Function == "runtime.gopanic" {
			all = all[at+1:]
			break
		}
	}
	for len(all) > 0 && strings.HasPrefix(all[0].Function, "runtime.") {
		all = all[1:]
	}
	for len(all) > 0 && (all[len(all)-1].Function == "runtime.goexit" || all[len(all)-1].Function == "runtime.main") {
		all = all[:len(all)-1]
	}
	return describe(all)
}

func describe(frames []runtime.Frame) map[string]any {
	expected := map[string]any{
		"innermost_function": frames[0].Function, "innermost_file": frames[0].File, "innermost_line": frames[0].Line,
		"frames_count": len(frames), "chain_types": nil, "in_app_source_function": nil,
	}
	for _, frame := range frames {
		if strings.HasPrefix(frame.Function, "main.") {
			expected["in_app_source_function"], expected["in_app_source_file"] = frame.Function, frame.File
			break
		}
	}
	return expected
}

type tracer interface{ StackTrace() errors.StackTrace }

// stackOf tells the frames of the outermost error that has some, and the source of the innermost.
func stackOf(err error) map[string]any {
	var expected map[string]any
	for at := err; at != nil; at = errors.Unwrap(at) {
		traced, ok := at.(tracer)
		if !ok {
			continue
		}
		var frames []runtime.Frame
		for _, frame := range traced.StackTrace() {
			pc := uintptr(frame) - 1
			function := runtime.FuncForPC(pc)
			file, line := function.FileLine(pc)
			frames = append(frames, runtime.Frame{Function: function.Name(), File: file, Line: line})
		}
		told := describe(frames)
		if expected == nil {
			expected = told
		}
		expected["in_app_source_function"], expected["in_app_source_file"] = told["in_app_source_function"], told["in_app_source_file"]
	}
	return expected
}

func write(one fault, how meaning, raised *raisedError) {
	also := how.also
	if also == nil {
		also = []string{}
	}
	line, err := json.Marshal(map[string]any{
		"language": "go", "library": one.library, "half": os.Args[1], "type": raised.Type, "message": raised.Message,
		"stacktrace": raised.Stack, "attributes": map[string]any{}, "category": how.category, "also": also,
		"severity": how.severity, "expected": raised.Expected,
		"group": "go/" + one.library + "/" + one.function + "/" + how.key,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}
