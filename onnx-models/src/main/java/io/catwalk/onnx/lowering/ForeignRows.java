package io.catwalk.onnx.lowering;

import io.catwalk.onnx.extension.OnnxCall;
import io.catwalk.onnx.extension.OnnxOperation;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.trace.Operand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Predicate;
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
    private static List<Value> written(String name, OnnxOperation operation, Site site) {
        try {
            return List.copyOf(operation.write(new Call(site)));
        } catch (ExportException e) {
            throw e;
        } catch (RuntimeException e) {
            throw site.call().error("is written by " + name + ", which fails: " + e, e);
        }
    }

    private static void requireFitting(String name, Site site, Operand expected, Value made) {
        if (made.type() != expected.type() || !made.shape().equals(expected.shape())) {
            throw site.error("makes " + expected.type() + expected.shape() + " in the engine, but its ONNX form makes "
                    + made.type() + made.shape() + ": correct " + name);
        }
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
            String set = domain.equals("ai.onnx") ? "" : domain; // two names of the operator set of ONNX
            return site.to().custom(set + "::" + operator, attributes, site.results(), inputs);
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
