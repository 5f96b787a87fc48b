package io.catwalk.onnx.lowering;

import io.catwalk.onnx.extension.OnnxCall;
import io.catwalk.onnx.extension.OnnxOperation;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.function.Predicate;

/** Finds the rows that users add with {@link OnnxOperation}. */
final class ForeignRows {

    private static final Map<ClassLoader, Map<String, Row>> FOUND = Collections.synchronizedMap(new WeakHashMap<>());

    private ForeignRows() {}

    /**
     * Finds the row of a signature.
     *
     * @param builtIn tells which signatures have a built-in row
     */
    static Optional<Row> row(String signature, Predicate<String> builtIn) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? ForeignRows.class.getClassLoader() : context;
        return Optional.ofNullable(
                FOUND.computeIfAbsent(loader, from -> rows(from, builtIn)).get(signature));
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
        return new Row(signature, operation.getClass().getName(), site -> {
            List<Value> made = operation.write(new Call(site));
            if (made.size() != site.results().size()) {
                throw site.error("makes " + site.results().size() + " arrays, but "
                        + operation.getClass().getName() + " wrote " + made.size());
            }
            return made;
        });
    }

    /**
     * Gives a user's row access to what built-in rows use, and no more.
     *
     * @param site the call
     */
    private record Call(Site site) implements OnnxCall {

        @Override
        public int opset() {
            return site.to().opset();
        }

        @Override
        public Value array(int index) {
            return site.value(index);
        }

        @Override
        public <T> T argument(int index, Class<T> type) {
            return site.call().get(index, type);
        }

        @Override
        public Value node(String operator, Attributes attributes, Value... inputs) {
            return site.to().node(operator, attributes, inputs);
        }

        @Override
        public List<Value> custom(String domain, String operator, Attributes attributes, Value... inputs) {
            return site.to().custom(domain + "::" + operator, attributes, site.results(), inputs);
        }

        @Override
        public Value floats(float[] numbers, long... shape) {
            return site.to().floats("numbers", TensorShape.of(shape), numbers);
        }

        @Override
        public Value ints(long... numbers) {
            return site.to().ints(numbers);
        }

        @Override
        public ExportException refusal(String reason) {
            return site.error(reason);
        }
    }
}
