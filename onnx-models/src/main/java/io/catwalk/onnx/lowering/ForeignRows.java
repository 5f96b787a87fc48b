package io.catwalk.onnx.lowering;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.extension.OnnxCall;
import io.catwalk.onnx.extension.OnnxOperation;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.trace.Operand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows that users add with {@link OnnxOperation}, for one export: a row holds its class loader, which a
 * server may want to unload.
 */
final class ForeignRows {

    private final Predicate<String> builtIn;
    private @Nullable Map<String, Row> found;

    /**
     * Creates an object that looks for rows when it is first asked.
     *
     * @param builtIn tells which signatures have a built-in row
     */
    ForeignRows(Predicate<String> builtIn) {
        this.builtIn = builtIn;
    }

    /** Finds the row of a signature. */
    Optional<Row> row(String signature) {
        Map<String, Row> rows = found;
        if (rows == null) {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            rows = rows(context == null ? ForeignRows.class.getClassLoader() : context, builtIn);
            found = rows;
        }
        return Optional.ofNullable(rows.get(signature));
    }

    private static Map<String, Row> rows(ClassLoader loader, Predicate<String> builtIn) {
        Map<String, Row> rows = new TreeMap<>();
        try {
            for (OnnxOperation operation : ServiceLoader.load(OnnxOperation.class, loader)) {
                String signature = operation.signature();
                if (builtIn.test(signature) || rows.put(signature, row(signature, operation)) != null) {
                    throw new ExportException(signature + " already has a row, which "
                            + operation.getClass().getName() + " would replace: "
                            + OnnxOperation.class.getName() + " only adds methods; take it out of META-INF/services");
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new ExportException(
                    "a row of " + OnnxOperation.class.getName() + " cannot be loaded: " + e.getMessage()
                            + "; correct META-INF/services",
                    e);
        }
        return rows;
    }

    private static Row row(String signature, OnnxOperation operation) {
        String name = operation.getClass().getName();
        return new Row(signature, name, site -> {
            List<Value> made = written(name, operation, site);
            if (made.size() != site.results().size()) {
                throw site.error("makes " + site.results().size() + " arrays, but " + name + " wrote " + made.size());
            }
            for (int i = 0; i < made.size(); i++) {
                requireFitting(name, site, site.results().get(i), made.get(i));
            }
            return made;
        });
    }

    /** Names the row in what it throws: a fault of the row is not one of the exporter. */
    private static List<Value> written(String name, OnnxOperation operation, CallContext site) {
        try {
            Call call = new Call(site, new HashMap<>());
            return operation.write(call).stream().map(call::value).toList();
        } catch (ExportException e) {
            throw e;
        } catch (RuntimeException e) {
            throw site.call().error("is written by " + name + ", which fails: " + e, e);
        }
    }

    private static void requireFitting(String name, CallContext site, Operand expected, Value made) {
        if (made.type() != expected.type() || !made.shape().equals(expected.shape())) {
            throw site.error("makes " + expected.type() + expected.shape() + " in the engine, but its ONNX form makes "
                    + made.type() + made.shape() + ": correct " + name);
        }
    }

    /**
     * Gives a user's row access to what built-in rows use, and no more.
     *
     * @param values what was handed out, by name
     */
    private record Call(CallContext site, Map<String, Value> values) implements OnnxCall {

        @Override
        public int opset() {
            return site.to().opset();
        }

        @Override
        public TensorInfo array(int index) {
            return info(site.value(index));
        }

        @Override
        public <T> T argument(int index, Class<T> type) {
            return site.get(index, type);
        }

        @Override
        public TensorInfo node(String operator, Map<String, ?> attributes, TensorInfo... inputs) {
            return info(site.to().node(operator, attributes(attributes), values(inputs)));
        }

        @Override
        public List<TensorInfo> custom(
                String domain, String operator, Map<String, ?> attributes, TensorInfo... inputs) {
            String set = domain.equals("ai.onnx") ? "" : domain; // two names of the operator set of ONNX
            Value[] given = values(inputs);
            return site.to().custom(set + "::" + operator, attributes(attributes), site.results(), given).stream()
                    .map(this::info)
                    .toList();
        }

        @Override
        public TensorInfo omitted() {
            return info(Value.OMITTED);
        }

        @Override
        public TensorInfo floats(float[] numbers, long... shape) {
            return info(site.to().floats("numbers", TensorShape.of(shape), numbers));
        }

        @Override
        public TensorInfo ints(long... numbers) {
            return info(site.to().ints(numbers));
        }

        @Override
        public ExportException refusal(String reason) {
            return site.error(reason);
        }

        private TensorInfo info(Value value) {
            values.put(value.name(), value);
            List<TensorInfo.Axis> axes = value.shape().dims().stream()
                    .map(dim -> dim.isFixed()
                            ? new TensorInfo.Axis(dim.fixed(), "")
                            : new TensorInfo.Axis(TensorInfo.Axis.OPEN, dim.toString()))
                    .toList();
            return new TensorInfo(value.name(), value.type(), Optional.of(axes));
        }

        private Value value(TensorInfo tensor) {
            return Optional.ofNullable(values.get(tensor.name()))
                    .orElseThrow(() -> site.error("gets " + tensor + ", which is no tensor of this call: "
                            + "pass what OnnxCall returned, one of " + new TreeSet<>(values.keySet())));
        }

        private Value[] values(TensorInfo... inputs) {
            return Stream.of(inputs).map(this::value).toArray(Value[]::new);
        }

        private Attributes attributes(Map<String, ?> given) {
            SortedMap<String, Object> entries = new TreeMap<>();
            given.forEach((name, value) -> entries.put(name, attribute(name, value)));
            return new Attributes(entries);
        }

        private Object attribute(String name, Object value) {
            if (value instanceof Integer number) {
                return number.longValue();
            }
            if (value instanceof Long || value instanceof Float || value instanceof String) {
                return value;
            }
            if (value instanceof List<?> all) {
                List<?> items = all.stream()
                        .map(item -> item instanceof List<?> ? item : attribute(name, item))
                        .toList();
                if (items.stream().map(Object::getClass).distinct().count() == 1 && !(items.get(0) instanceof List)) {
                    return items;
                }
            }
            throw site.error("writes the attribute " + name + " as " + value + ", of "
                    + value.getClass().getSimpleName()
                    + ": use a Long, a Float, a String, or a list of one of them");
        }
    }
}
