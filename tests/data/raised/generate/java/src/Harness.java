package com.acme.shop;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Raises every registered fault and writes down what the Throwables say, one JSON line each. */
public final class Harness {
  /** What differs each time, and the word of the meaning that is raised. */
  public record Values(int n, int port, String id, String path, String text, String how) {
    static Values of(int turn, String how) {
      int n = 40213 + 977 * turn;
      String id = "ord_" + Long.toHexString(n * 829348951L);
      return new Values(n, 47011 + 6 * turn, id, "/tmp/shop/" + id + "/invoice-" + n + ".json",
          List.of("north", "harbour", "meadow").get(turn), how);
    }
  }

  /** A function of the shop that raises. */
  public interface Raiser {
    void raise(Values values) throws Throwable;
  }

  record Meaning(String key, String category, String severity, String also, Map<String, Object> attributes) {}

  static Meaning meaning(String key, String category, String severity, String also) {
    return new Meaning(key, category, severity, also, Map.of());
  }

  static Meaning meaning(String key, String category, String severity) {
    return meaning(key, category, severity, "");
  }

  static Meaning with(Meaning one, String attribute, Object value) {
    return new Meaning(one.key, one.category, one.severity, one.also, Map.of(attribute, value));
  }

  record Fault(String library, String function, Raiser raiser, int times, List<Meaning> meanings) {}

  static final List<Fault> FAULTS = new ArrayList<>();

  static void fault(String library, String function, Raiser raiser, Meaning... meanings) {
    FAULTS.add(new Fault(library, function, raiser, 2, List.of(meanings)));
  }

  static void once(String library, String function, Raiser raiser, Meaning... meanings) {
    FAULTS.add(new Fault(library, function, raiser, 1, List.of(meanings)));
  }

  public static void main(String[] arguments) throws Exception {
    String half = arguments[0];
    if (half.equals("tuning")) {
      Tuning.register();
    } else {
      Measuring.register();
    }
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    ObjectMapper json = new ObjectMapper();
    for (Fault fault : FAULTS) {
      for (Meaning meaning : fault.meanings) {
        for (int turn = 0; turn < fault.times; turn++) {
          Throwable thrown = handle(fault, Values.of(turn, meaning.key));
          if (thrown == null) {
            System.err.println("did not raise: " + fault.function + " " + meaning.key);
          } else {
            out.println(json.writeValueAsString(line(half, fault, meaning, thrown)));
          }
        }
      }
    }
    System.exit(0);
  }

  static Throwable handle(Fault fault, Values values) {
    try {
      fault.raiser.raise(values);
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  static Map<String, Object> line(String half, Fault fault, Meaning meaning, Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("language", "java");
    line.put("library", fault.library);
    line.put("half", half);
    line.put("type", thrown.getClass().getName());
    line.put("message", thrown.getMessage() == null ? "" : thrown.getMessage());
    line.put("stacktrace", text.toString());
    line.put("attributes", meaning.attributes);
    line.put("category", meaning.category);
    line.put("also", meaning.also.isEmpty() ? List.of() : Arrays.asList(meaning.also.split(" ")));
    line.put("severity", meaning.severity);
    line.put("expected", expected(thrown));
    line.put("group", "java/" + fault.library + "/" + fault.function + "/" + meaning.key);
    return line;
  }

  static Map<String, Object> expected(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable at = thrown; at != null && !chain.contains(at); at = at.getCause()) {
      chain.add(at);
    }
    StackTraceElement[] frames = thrown.getStackTrace();
    StackTraceElement source = inApp(chain.get(chain.size() - 1));
    if (source == null) {
      source = inApp(thrown);
    }
    boolean any = frames.length > 0;
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("innermost_function", any ? frames[0].getMethodName() : null);
    expected.put("innermost_module", any ? frames[0].getClassName() : null);
    expected.put("innermost_file", any ? frames[0].getFileName() : null);
    expected.put("innermost_line", any && frames[0].getLineNumber() > 0 ? frames[0].getLineNumber() : null);
    expected.put("in_app_source_function", source == null ? null : source.getMethodName());
    expected.put("in_app_source_module", source == null ? null : source.getClassName());
    expected.put("frames_count", frames.length < 200 ? frames.length : null);
    expected.put("chain_types", chain.stream().map(one -> one.getClass().getName()).toList());
    return expected;
  }

  static StackTraceElement inApp(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("com.acme.")).findFirst().orElse(null);
  }
}
