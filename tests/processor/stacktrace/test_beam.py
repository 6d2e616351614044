"""Elixir and Erlang: made with Elixir 1.14 on OTP 25."""

# ruff: noqa: E501 (traces stand here as the runtimes print them)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.beam import DIALECT


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


AN_ANONYMOUS_FUNCTION_UNDER_ENUM_MAP = """\
** (ArgumentError) no stock for 1
second line
    cart.ex:4: Shop.Cart.check/1
    (elixir 1.14.0) lib/enum.ex:1658: Enum."-map/2-lists^map/1-0-"/2
    (stdlib 4.2) erl_eval.erl:744: :erl_eval.do_apply/7
    (elixir 1.14.0) lib/code.ex:422: Code.validated_eval_string/3
"""


def test_an_anonymous_function_under_enum_map():
    assert tell(AN_ANONYMOUS_FUNCTION_UNDER_ENUM_MAP) == [
        "reported ArgumentError: no stock for 1\nsecond line",
        "* Shop.Cart | check/1 | cart.ex:4",
        "- Enum | map/2 | lib/enum.ex:1658",
        "- erl_eval | do_apply/7 | erl_eval.erl:744",
        "- Code | validated_eval_string/3 | lib/code.ex:422",
    ]


A_CALL_PRINTED_WITH_ITS_ARGUMENTS = """\
** (KeyError) key :id not found in: %{}
    :erlang.map_get(:id, %{})
    cart.ex:8: Shop.Cart.key/1
    (stdlib 4.2) erl_eval.erl:744: :erl_eval.do_apply/7
    (elixir 1.14.0) lib/code.ex:422: Code.validated_eval_string/3
"""


def test_a_call_printed_with_its_arguments():
    assert tell(A_CALL_PRINTED_WITH_ITS_ARGUMENTS) == [
        "reported KeyError: key :id not found in: %{}",
        "- erlang | map_get/2 | None:None",
        "* Shop.Cart | key/1 | cart.ex:8",
        "- erl_eval | do_apply/7 | erl_eval.erl:744",
        "- Code | validated_eval_string/3 | lib/code.ex:422",
    ]


EXPLANATIONS_BELONG_TO_THE_MESSAGE = """\
** (ArgumentError) errors were found at the given arguments:

  * 1st argument: not a textual representation of an integer

    :erlang.binary_to_integer("x")
    cart.ex:9: Shop.Cart.erl/1
    (stdlib 4.2) erl_eval.erl:744: :erl_eval.do_apply/7
    (elixir 1.14.0) lib/code.ex:422: Code.validated_eval_string/3
"""


def test_explanations_belong_to_the_message():
    assert tell(EXPLANATIONS_BELONG_TO_THE_MESSAGE) == [
        "reported ArgumentError: errors were found at the given arguments:\n\n  * 1st argument: not a textual representation of an integer",
        "- erlang | binary_to_integer/1 | None:None",
        "* Shop.Cart | erl/1 | cart.ex:9",
        "- erl_eval | do_apply/7 | erl_eval.erl:744",
        "- Code | validated_eval_string/3 | lib/code.ex:422",
    ]


THE_STACK_OF_A_WAITING_CLIENT_IS_NOT_THE_ERROR_S = """\
13:07:47.758 [error] GenServer #PID<0.97.0> terminating
** (ArgumentError) no stock for 1
second line
    cart.ex:4: Shop.Cart.check/1
    (elixir 1.14.0) lib/enum.ex:1658: Enum."-map/2-lists^map/1-0-"/2
    cart.ex:15: Shop.Server.handle_call/3
    (stdlib 4.2) gen_server.erl:1149: :gen_server.try_handle_call/4
    (stdlib 4.2) gen_server.erl:1178: :gen_server.handle_msg/6
    (stdlib 4.2) proc_lib.erl:240: :proc_lib.init_p_do_apply/3
Last message (from #PID<0.96.0>): :boom
State: []
Client #PID<0.96.0> is alive

    (stdlib 4.2) gen.erl:256: :gen.do_call/4
    (elixir 1.14.0) lib/gen_server.ex:1035: GenServer.call/3
    (stdlib 4.2) erl_eval.erl:744: :erl_eval.do_apply/7
    (stdlib 4.2) erl_eval.erl:987: :erl_eval.try_clauses/10
    (elixir 1.14.0) src/elixir.erl:283: :elixir.eval_forms/3
    (elixir 1.14.0) lib/module/parallel_checker.ex:100: Module.ParallelChecker.verify/1
    (elixir 1.14.0) lib/code.ex:422: Code.validated_eval_string/3
    (elixir 1.14.0) lib/kernel/cli.ex:574: Kernel.CLI.wrapper/1
"""


def test_the_stack_of_a_waiting_client_is_not_the_error_s():
    assert tell(THE_STACK_OF_A_WAITING_CLIENT_IS_NOT_THE_ERROR_S) == [
        "reported ArgumentError: no stock for 1\nsecond line",
        "* Shop.Cart | check/1 | cart.ex:4",
        "- Enum | map/2 | lib/enum.ex:1658",
        "* Shop.Server | handle_call/3 | cart.ex:15",
        "- gen_server | try_handle_call/4 | gen_server.erl:1149",
        "- gen_server | handle_msg/6 | gen_server.erl:1178",
        "- proc_lib | init_p_do_apply/3 | proc_lib.erl:240",
    ]


AN_EXIT_CARRIES_THE_EXCEPTION_OF_THE_OTHER_PROCESS = """\
** (exit) exited in: GenServer.call(#PID<0.97.0>, :boom, 5000)
    ** (EXIT) an exception was raised:
        ** (ArgumentError) no stock for 1
            (shop 1.2.0) lib/shop/cart.ex:4: Shop.Cart.check/1
            (stdlib 4.2) gen_server.erl:1149: :gen_server.try_handle_call/4
    (elixir 1.14.0) lib/gen_server.ex:1038: GenServer.call/3
    (shop 1.2.0) lib/shop.ex:9: anonymous fn/1 in Shop.run/2
    (shop 1.2.0) Shop.Plug.call/2
"""


def test_an_exit_carries_the_exception_of_the_other_process():
    assert tell(AN_EXIT_CARRIES_THE_EXCEPTION_OF_THE_OTHER_PROCESS) == [
        "reported exit: exited in: GenServer.call(#PID<0.97.0>, :boom, 5000)",
        "- GenServer | call/3 | lib/gen_server.ex:1038",
        "* Shop | run/2 | lib/shop.ex:9",
        "* Shop.Plug | call/2 | None:None",
        "cause ArgumentError: no stock for 1",
        "* Shop.Cart | check/1 | lib/shop/cart.ex:4",
        "- gen_server | try_handle_call/4 | gen_server.erl:1149",
    ]


ERLANG_SHELL = """\
Eshell V13.1.5  (abort with ^G)
1> ** exception error: an error occurred when evaluating an arithmetic expression
     in operator  +/2
        called as a + 1
     in call from m:'-f/1-fun-0-'/2 (m.erl, line 3)
     in call from lists:map_1/2 (lists.erl, line 1320)
     in call from lists:map/2 (lists.erl, line 1315)
2> *** Terminating erlang (nonode@nohost)
"""


def test_erlang_shell():
    assert tell(ERLANG_SHELL) == [
        "reported error: an error occurred when evaluating an arithmetic expression",
        "- None | +/2 | None:None",
        "* m | f/1 | m.erl:3",
        "- lists | map_1/2 | lists.erl:1320",
        "- lists | map/2 | lists.erl:1315",
    ]


ERLANG_CAUGHT_TERM = """\
Eshell V13.1.5  (abort with ^G)
1> {'EXIT',{{badmatch,{error,enoent}},
         [{m,g,0,[{file,"m.erl"},{line,4}]},
          {erl_eval,do_apply,7,[{file,"erl_eval.erl"},{line,748}]},
          {erl_eval,expr,6,[{file,"erl_eval.erl"},{line,480}]},
          {shell,exprs,7,[{file,"shell.erl"},{line,691}]},
          {shell,eval_exprs,7,[{file,"shell.erl"},{line,647}]},
          {shell,eval_loop,3,[{file,"shell.erl"},{line,632}]}]}}
2> *** Terminating erlang (nonode@nohost)
"""


def test_erlang_caught_term():
    assert tell(ERLANG_CAUGHT_TERM) == [
        "reported badmatch: ",
        "* m | g/0 | m.erl:4",
        "- erl_eval | do_apply/7 | erl_eval.erl:748",
        "- erl_eval | expr/6 | erl_eval.erl:480",
        "- shell | exprs/7 | shell.erl:691",
        "- shell | eval_exprs/7 | shell.erl:647",
        "- shell | eval_loop/3 | shell.erl:632",
    ]


ERLANG_CRASH_REPORT = """\
Eshell V13.1.5  (abort with ^G)
1> <0.83.0>
2> =CRASH REPORT==== 23-Nov-2026::13:07:49.975012 ===
  crasher:
    initial call: m:g/0
    pid: <0.83.0>
    registered_name: []
    exception error: no match of right hand side value {error,enoent}
      in function  m:g/0 (m.erl, line 4)
    ancestors: [<0.81.0>]
    message_queue_len: 0
    messages: []
    links: []
    dictionary: []
    trap_exit: false
    status: running
    heap_size: 376
    stack_size: 28
    reductions: 202
  neighbours:

ok
3> *** Terminating erlang (nonode@nohost)
"""


def test_erlang_crash_report():
    assert tell(ERLANG_CRASH_REPORT) == [
        "reported error: no match of right hand side value {error,enoent}",
        "* m | g/0 | m.erl:4",
    ]


AN_INSPECTED_STACK = """\
[
  {Shop.Cart, :bad, 0, [file: 'cart.ex', line: 7]},
  {:erl_eval, :do_apply, 7, [file: 'erl_eval.erl', line: 744]},
  {:erl_eval, :try_clauses, 10, [file: 'erl_eval.erl', line: 987]},
  {:elixir, :eval_forms, 3, [file: 'src/elixir.erl', line: 283]},
  {Module.ParallelChecker, :verify, 1,
   [file: 'lib/module/parallel_checker.ex', line: 100]},
  {Code, :validated_eval_string, 3, [file: 'lib/code.ex', line: 422]},
  {Kernel.CLI, :wrapper, 1, [file: 'lib/kernel/cli.ex', line: 574]},
  {Enum, :"-map/2-lists^map/1-0-", 2, [file: 'lib/enum.ex', line: 1658]}
]
"""


def test_an_inspected_stack():
    assert tell(AN_INSPECTED_STACK) == [
        "reported : ",
        "* Shop.Cart | bad/0 | cart.ex:7",
        "- erl_eval | do_apply/7 | erl_eval.erl:744",
        "- erl_eval | try_clauses/10 | erl_eval.erl:987",
        "- elixir | eval_forms/3 | src/elixir.erl:283",
        "- Module.ParallelChecker | verify/1 | lib/module/parallel_checker.ex:100",
        "- Code | validated_eval_string/3 | lib/code.ex:422",
        "- Kernel.CLI | wrapper/1 | lib/kernel/cli.ex:574",
        "- Enum | map/2 | lib/enum.ex:1658",
    ]


SAMPLES = (
    AN_ANONYMOUS_FUNCTION_UNDER_ENUM_MAP,
    A_CALL_PRINTED_WITH_ITS_ARGUMENTS,
    EXPLANATIONS_BELONG_TO_THE_MESSAGE,
    THE_STACK_OF_A_WAITING_CLIENT_IS_NOT_THE_ERROR_S,
    AN_EXIT_CARRIES_THE_EXCEPTION_OF_THE_OTHER_PROCESS,
    ERLANG_SHELL,
    ERLANG_CAUGHT_TERM,
    ERLANG_CRASH_REPORT,
    AN_INSPECTED_STACK,
)
LINES = sorted({line for sample in SAMPLES for line in sample.splitlines()})


@pytest.mark.parametrize("sample", SAMPLES)
def test_its_own_traces_are_recognised(sample: str):
    assert DIALECT.recognise(sample) > 0.8


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=30).map("\n".join))
def test_no_text_raises_and_every_frame_has_a_function(text: str):
    assert 0 <= DIALECT.recognise(text) <= 1
    assert all(frame.function for exception in DIALECT.parse(text) for frame in exception.frames)


@settings(deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_text_cut_at_its_end_yields_frames_that_are_whole(sample: str, data: st.DataObject):
    lines = sample.splitlines()
    cut = "\n".join([*lines[: data.draw(st.integers(0, len(lines)))], "[... cut ...]"])
    whole = {(frame.function, frame.line) for exception in DIALECT.parse(sample) for frame in exception.frames}
    assert {(f.function, f.line) for exception in DIALECT.parse(cut) for f in exception.frames} <= whole | ALSO_WHOLE


ALSO_WHOLE: set[tuple[str, int | None]] = set()


@pytest.mark.parametrize(
    ("call", "module", "function"),
    [
        ("Shop.Cart.add/2", "Shop.Cart", "add/2"),
        (":gen_server.call/2", "gen_server", "call/2"),
        ("anonymous fn/1 in Shop.Cart.add/2", "Shop.Cart", "add/2"),
        ('Shop.Cart."odd name"/1', "Shop.Cart", "odd name/1"),
        ("Shop.Cart.valid?/1", "Shop.Cart", "valid?/1"),
        ('String.to_integer("a, b")', "String", "to_integer/1"),
        ("Shop.Cart.put(%{a: 1, b: 2}, [1, 2], :x)", "Shop.Cart", "put/3"),
        (":erlang.+(1, :a)", "erlang", "+/2"),
    ],
)
def test_module_and_function_as_they_were_written(call: str, module: str, function: str):
    [exception] = DIALECT.parse(f"** (E) x\n    (shop 0.1.0) lib/shop.ex:3: {call}\n")
    assert [(frame.module, frame.function) for frame in exception.frames] == [(module, function)]
