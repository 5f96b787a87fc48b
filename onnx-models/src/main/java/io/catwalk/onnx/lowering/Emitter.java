package io.catwalk.onnx.lowering;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Dim.Atom;
import io.catwalk.onnx.graph.Elements;
import io.catwalk.onnx.graph.Inference;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.OperatorTypes;
import io.catwalk.onnx.graph.SizeFunction;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Operand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Collects the nodes and initializers of a graph under construction; {@link Inference} computes the shapes. */
final class Emitter {

    private final int opset;
    private final Names names;
    private final Names nodeNames = new Names();
    private String path = "";
    private String doc = "";
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Node> makers = new HashMap<>();
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();
    private final Map<List<Object>, Value> shared = new HashMap<>();
    private final SizeArithmetic arithmetic;

    Emitter(int opset, Names names, List<Value> inputs) {
        this.opset = opset;
        this.names = names;
        this.arithmetic = new SizeArithmetic(this, List.copyOf(inputs));
    }

    /**
     * Sets which block the next nodes belong to.
     *
     * @param newPath path of the block, such as {@code /02ParallelBlock/01Conv2d}; empty for the network itself
     */
    void enter(String newPath, String newDoc) {
        path = newPath;
        doc = newDoc;
    }

    int opset() {
        return opset;
    }

    List<Node> nodes() {
        return nodes;
    }

    List<Initializer> initializers() {
        return List.copyOf(initializers.values());
    }

    Optional<Initializer> initializer(Value value) {
        return Optional.ofNullable(initializers.get(value.name()));
    }

    /** Returns the node that computes a value; empty for inputs and initializers. */
    Optional<Node> maker(Value value) {
        return Optional.ofNullable(makers.get(value.name()));
    }

    Value node(String operator, Value... inputs) {
        return node(operator, Attributes.NONE, inputs);
    }

    Value node(String operator, Attributes attributes, Value... inputs) {
        return nodes(operator, attributes, 1, inputs).get(0);
    }

    List<Value> nodes(String operator, Attributes attributes, int outputs, Value... inputs) {
        return emit(operator, attributes, outputs, null, inputs);
    }

    /** Adds a node whose output shapes depend on. */
    Value computed(String operator, Attributes attributes, List<Dim> contents, Value... inputs) {
        return emit(operator, attributes, 1, contents, inputs).get(0);
    }

    /** Adds a node whose outputs cannot be inferred here; its operator begins with a domain, which may be empty. */
    List<Value> custom(String operator, Attributes attributes, List<Operand> results, Value... inputs) {
        String hint = operator.substring(operator.lastIndexOf(':') + 1);
        return add(
                operator,
                attributes,
                results.stream()
                        .map(result -> Value.of(names.forResultOf(hint), result.type(), result.shape()))
                        .toList(),
                inputs);
    }

    private List<Value> emit(
            String operator, Attributes attributes, int outputs, @Nullable List<Dim> contents, Value... inputs) {
        OperatorTypes.require(operator, opset);
        List<Integer> varying = OperatorTypes.varying(operator, inputs.length);
        TensorType type = inputs[varying.get(0)].type();
        TensorType computing = OperatorTypes.computing(operator, type, opset)
                .orElseThrow(() -> new ExportException("ONNX Runtime has no " + operator + " for " + type + " in opset "
                        + opset + "; let the network compute in FLOAT32 there (toType), or cast before"));
        if (computing == type) {
            return write(operator, attributes, outputs, contents, inputs);
        }
        Value[] wide = inputs.clone();
        varying.forEach(place -> wide[place] = cast(inputs[place], computing));
        List<Value> made = new ArrayList<>(write(operator, attributes, outputs, contents, wide));
        OperatorTypes.following(operator, outputs).forEach(place -> made.set(place, cast(made.get(place), type)));
        return made;
    }

    private List<Value> write(
            String operator, Attributes attributes, int outputs, @Nullable List<Dim> contents, Value... inputs) {
        List<Inference.Made> made = Inference.infer(operator, List.of(inputs), attributes, outputs);
        List<Value> values = made.stream()
                .map(one -> new Value(names.forResultOf(operator), one.type(), one.shape(), contents))
                .toList();
        return add(operator, attributes, values, inputs);
    }

    private List<Value> add(String operator, Attributes attributes, List<Value> values, Value... inputs) {
        String name = nodeNames.fresh(path + "/" + operator.substring(operator.lastIndexOf(':') + 1));
        Node node = new Node(name, operator, List.of(inputs), values, attributes, doc);
        nodes.add(node);
        values.forEach(value -> makers.put(value.name(), node));
        return values;
    }

    /** Adds an initializer of floats. */
    Value floats(String hint, TensorShape shape, float... floats) {
        return constant(hint, TensorType.FLOAT, shape, Initializer.bytes(floats));
    }

    /** Adds an initializer, once for all uses of the same parameter, or of equal numbers from the same place. */
    Value constant(String hint, TensorType type, TensorShape shape, byte[] data) {
        return share(
                List.of("constant", hint, type, shape, new Content(data)),
                () -> add(new Initializer(Value.of(names.fresh(hint), type, shape), data)));
    }

    /** Compares arrays by content; large arrays of the same size seldom differ in content. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Content(byte[] data) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Content content && Arrays.equals(data, content.data);
        }

        @Override
        public int hashCode() {
            return data.length;
        }
    }

    /**
     * Adds an initializer that holds tensors in another layout, once for all its uses.
     *
     * @param laying computes the new layout; called each time the file is written
     */
    Value laidAnew(String layout, List<Value> sources, TensorShape shape, Supplier<byte[]> laying) {
        Value first = sources.get(0);
        List<String> from = sources.stream().map(Value::name).toList();
        return share(
                List.of("layout", layout, from, shape),
                () -> add(new Initializer(
                        Value.of(names.fresh(first.name() + "." + layout), first.type(), shape), laying)));
    }

    private Value add(Initializer initializer) {
        initializers.put(initializer.value().name(), initializer);
        return initializer.value();
    }

    /** Creates a value once for all its uses; {@code making} may share other values. */
    Value share(List<Object> key, Supplier<Value> making) {
        Value known = shared.get(key);
        if (known == null) {
            known = making.get();
            shared.put(key, known);
        }
        return known;
    }

    /** Adds a list of whole numbers, once for all its uses. */
    Value ints(long... numbers) {
        List<Dim> contents = Arrays.stream(numbers).mapToObj(Dim::of).toList();
        return share(List.of("ints", contents), () -> {
            TensorShape shape = TensorShape.of(numbers.length);
            Value value = new Value(names.fresh("ints"), TensorType.INT64, shape, contents);
            return add(new Initializer(value, Initializer.bytes(numbers)));
        });
    }

    /** Adds a scalar, once for all its uses. A whole number keeps all its digits. */
    Value scalar(TensorType type, Number number) {
        byte[] data = Elements.encoded(type, number);
        return share(List.of("scalar", type, ByteBuffer.wrap(data)), () -> {
            List<Dim> contents = type.isReal() ? null : List.of(Dim.of(number.longValue()));
            return add(new Initializer(new Value(names.fresh("number"), type, TensorShape.SCALAR, contents), data));
        });
    }

    Value cast(Value value, TensorType type) {
        return value.type() == type ? value : node("Cast", Attributes.NONE.with("to", type.code()), value);
    }

    Value reshape(Value value, List<Dim> target) {
        if (value.shape().dims().equals(target)) {
            return value;
        }
        if (!target.contains(Dim.of(0)) && value.shape().size().fixed() == 0) {
            List<Long> sizes = sizes(value.shape(), target);
            if (sizes.stream().filter(size -> size == -1).count() <= 1) {
                return node(
                        "Reshape",
                        value,
                        ints(sizes.stream().mapToLong(Long::longValue).toArray()));
            }
        }
        return node("Reshape", value, dims(target));
    }

    /** Returns a shape that Reshape completes: 0 for a size that stays where it is, -1 for another dynamic size. */
    private static List<Long> sizes(TensorShape from, List<Dim> target) {
        boolean several = target.stream().filter(dim -> !dim.isFixed()).count() > 1;
        List<Long> sizes = new ArrayList<>();
        for (Dim dim : target) {
            int place = sizes.size();
            boolean stays = several && place < from.rank() && from.get(place).equals(dim);
            sizes.add(dim.isFixed() ? dim.fixed() : stays ? 0L : -1L);
        }
        return sizes;
    }

    /**
     * Transposes axes, in one node with a Transpose right before it. A Transpose that changes nothing is not written:
     * ONNX Runtime has fused such a node as if it changed something.
     */
    Value transpose(Value value, long... axes) {
        Optional<Node> before = maker(value).filter(node -> node.operator().equals("Transpose"));
        if (before.isPresent()) {
            long[] first = before.get().attributes().numbers("perm", new long[0]);
            long[] both = LongStream.of(axes).map(axis -> first[(int) axis]).toArray();
            return transpose(before.get().inputs().get(0), both);
        }
        return LongStream.range(0, axes.length).allMatch(axis -> axes[(int) axis] == axis)
                ? value
                : node("Transpose", Attributes.NONE.with("perm", axes), value);
    }

    Value expand(Value value, List<Dim> target) {
        return value.shape().dims().equals(target) ? value : node("Expand", value, dims(target));
    }

    Value tile(Value value, List<Dim> repeats) {
        return repeats.stream().allMatch(Dim.of(1)::equals) ? value : node("Tile", value, dims(repeats));
    }

    /** Pads with a number; {@code pads} has the widths before all axes, then those after all axes. */
    Value pad(Value value, Value number, List<Dim> pads) {
        return pads.stream().allMatch(Dim.of(0)::equals) ? value : node("Pad", value, dims(pads), number);
    }

    Value pad(Value value, Value number, long... pads) {
        return pad(value, number, LongStream.of(pads).mapToObj(Dim::of).toList());
    }

    /** Computes a polynomial from the factor of its highest power on. */
    Value polynomial(Value x, double... factors) {
        Value sum = scalar(x.type(), factors[0]);
        for (int i = 1; i < factors.length; i++) {
            sum = node("Mul", sum, x);
            sum = factors[i] == 0 ? sum : node("Add", sum, scalar(x.type(), factors[i]));
        }
        return sum;
    }

    Value concat(long axis, List<Value> parts) {
        return parts.size() == 1
                ? parts.get(0)
                : node("Concat", Attributes.NONE.with("axis", axis), parts.toArray(Value[]::new));
    }

    Value unsqueeze(Value value, long... axes) {
        return axes.length == 0 ? value : node("Unsqueeze", value, ints(axes));
    }

    Value squeeze(Value value, long... axes) {
        return axes.length == 0 ? value : node("Squeeze", value, ints(axes));
    }

    /** Takes the elements at some places along an axis. */
    Value gather(Value value, long axis, Value places) {
        return node("Gather", Attributes.NONE.with("axis", axis), value, places);
    }

    /** Slices one axis. */
    Value slice(Value value, long axis, long start, long stop) {
        return node("Slice", value, ints(start), ints(stop), ints(axis));
    }

    /** Creates a list of whole numbers; those that depend on the shapes of the inputs are computed in the graph. */
    Value dims(List<Dim> numbers) {
        return arithmetic.numbers(numbers);
    }

    /** Creates the whole numbers from 0 to {@code size} - 1. */
    Value range(Dim size) {
        return share(List.of("range", size), () -> {
            Value zero = scalar(TensorType.INT64, 0);
            return node("Range", zero, number(size, TensorType.INT64), scalar(TensorType.INT64, 1));
        });
    }

    /** Creates a whole number, which may depend on the shapes of the inputs. */
    Value number(Dim number, TensorType type) {
        if (number.isFixed()) {
            return scalar(type, number.fixed());
        }
        List<Dim> contents = List.of(number);
        Value scalar = computed("Squeeze", Attributes.NONE, contents, arithmetic.number(number), ints(0));
        return cast(scalar, type);
    }

    /** Creates a number that Java computes in double precision from the shapes of the inputs. */
    Value number(SizeFunction function, TensorType type) {
        return share(List.of("real", function, type), () -> {
            Value number = number(function.over(), TensorType.DOUBLE);
            if (!function.under().equals(Dim.of(1))) {
                number = node("Div", number, number(function.under(), TensorType.DOUBLE));
            }
            number = switch (function.kind()) {
                case PLAIN -> number;
                case ROOT -> node("Sqrt", number);
                case LOG -> node("Log", number);
            };
            return cast(
                    function.factor() == 1 ? number : node("Mul", number, scalar(TensorType.DOUBLE, function.factor())),
                    type);
        });
    }

    /** Writes the arithmetic that computes sizes from the shapes of the inputs; each number once for all its uses. */
    private record SizeArithmetic(Emitter to, List<Value> inputs) {

        /** Creates a list of whole numbers; those that depend on the shapes of the inputs are computed in the graph. */
        Value numbers(List<Dim> numbers) {
            if (numbers.stream().allMatch(Dim::isFixed)) {
                return to.ints(numbers.stream().mapToLong(Dim::fixed).toArray());
            }
            return to.share(List.of("dims", numbers), () -> {
                List<Value> parts = new ArrayList<>();
                List<Long> run = new ArrayList<>();
                for (Dim number : numbers) {
                    if (number.isFixed()) {
                        run.add(number.fixed());
                    } else {
                        flush(run, parts);
                        parts.add(number(number));
                    }
                }
                flush(run, parts);
                Attributes axis = Attributes.NONE.with("axis", 0);
                return parts.size() == 1
                        ? parts.get(0)
                        : to.computed("Concat", axis, numbers, parts.toArray(Value[]::new));
            });
        }

        private void flush(List<Long> run, List<Value> parts) {
            if (!run.isEmpty()) {
                parts.add(to.ints(run.stream().mapToLong(Long::longValue).toArray()));
                run.clear();
            }
        }

        /** Creates a list of one number, which depends on the shapes of the inputs. */
        Value number(Dim number) {
            return to.share(List.of("number", number), () -> {
                Dim sum = Dim.of(0);
                Value value = null;
                for (Dim.Term term : number.terms()) {
                    sum = sum.plus(new Dim(List.of(term), 0));
                    Value next = term(term);
                    value = value == null ? next : arithmetic("Add", sum, value, next);
                }
                Value terms = Objects.requireNonNull(value, "a number without terms");
                return number.fixed() == 0 ? terms : arithmetic("Add", number, terms, to.ints(number.fixed()));
            });
        }

        private Value arithmetic(String operator, Dim result, Value left, Value right) {
            return to.computed(operator, Attributes.NONE, List.of(result), left, right);
        }

        private Value term(Dim.Term term) {
            long rest = term.factor();
            Dim product = Dim.of(1);
            Value value = null;
            for (Atom atom : term.atoms()) {
                Dim factor = new Dim(List.of(new Dim.Term(1, List.of(atom))), 0);
                // If the factor is a multiple of the step, it can be applied to the size of the axis itself.
                if (atom instanceof Atom.Axis axis && rest % axis.step() == 0) {
                    factor = Dim.axis(axis.name(), axis.step());
                    rest /= axis.step();
                }
                product = product.times(factor);
                Value next = factor(factor, atom);
                value = value == null ? next : arithmetic("Mul", product, value, next);
            }
            Value atoms = Objects.requireNonNull(value, "a term without atoms");
            return rest == 1 ? atoms : arithmetic("Mul", new Dim(List.of(term), 0), atoms, to.ints(rest));
        }

        private Value factor(Dim factor, Atom atom) {
            return to.share(List.of("factor", factor), () -> {
                if (atom instanceof Atom.Quotient quotient) {
                    return arithmetic("Div", factor, number(quotient.dividend()), to.ints(quotient.divisor()));
                }
                Atom.Axis axis = (Atom.Axis) atom;
                Dim size = Dim.axis(axis.name(), axis.step());
                return factor.equals(size)
                        ? size(size)
                        : arithmetic("Div", factor, factor(size, atom), to.ints(axis.step()));
            });
        }

        /** Reads the size of a dynamic axis from the first input that has it. */
        private Value size(Dim axis) {
            for (Value input : inputs) {
                int place = input.shape().dims().indexOf(axis);
                if (place >= 0) {
                    Value shape = to.share(List.of("shape", input), () -> to.node("Shape", input));
                    return to.computed("Gather", Attributes.NONE.with("axis", 0), List.of(axis), shape, to.ints(place));
                }
            }
            throw new ExportException("no input has the axis " + axis);
        }
    }
}
