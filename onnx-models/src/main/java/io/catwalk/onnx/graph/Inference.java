package io.catwalk.onnx.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Infers the types and shapes of an operator's outputs, from the ONNX specification alone. Results of the traced engine
 * are not used, so that the two can be compared.
 */
public final class Inference {

    /**
     * Type and shape of one output of an operator.
     *
     * @param type type of the elements
     * @param shape sizes of the axes
     */
    public record Made(ElementType type, TensorShape shape) {}

    /** Infers the outputs of one operator. */
    @FunctionalInterface
    interface Rule {
        List<Made> infer(Operands operands);
    }

    /**
     * Holds what a rule may use.
     *
     * @param inputs inputs of the operator
     * @param attributes its attributes
     * @param outputs number of requested outputs
     */
    record Operands(List<Value> inputs, Attributes attributes, int outputs) {

        TensorShape shape(int input) {
            return inputs.get(input).shape();
        }

        ElementType type(int input) {
            return inputs.get(input).type();
        }

        boolean has(int input) {
            return input < inputs.size() && !inputs.get(input).isOmitted();
        }

        List<Dim> contents(int input) {
            return inputs.get(input).knownContents();
        }

        long[] numbers(int input) {
            return contents(input).stream()
                    .mapToLong(dim -> dim.fixed(inputs.get(input).name()))
                    .toArray();
        }

        long attribute(String name, long otherwise) {
            return attributes.number(name, otherwise);
        }

        /** Returns one output of the given shape, with the type of the first input. */
        List<Made> alike(TensorShape shape) {
            return List.of(new Made(type(0), shape));
        }
    }

    private static final Map<String, Rule> RULES = rules();

    private Inference() {}

    /**
     * Infers the outputs of an operator.
     *
     * @param operator name of the operator
     * @param inputs what it reads
     * @param attributes its attributes
     * @param outputs number of requested outputs
     * @return type and shape of each output
     * @throws ExportException if the operator has no rule, or its inputs do not fit together
     */
    public static List<Made> infer(String operator, List<Value> inputs, Attributes attributes, int outputs) {
        Rule rule = RULES.get(operator);
        if (rule == null) {
            throw new ExportException("the exporter does not know the ONNX operator " + operator);
        }
        List<Made> made = rule.infer(new Operands(inputs, attributes, outputs));
        if (made.size() < outputs) {
            throw new ExportException(
                    operator + " makes " + made.size() + " outputs, but " + outputs + " were requested");
        }
        return made.subList(0, outputs);
    }

    private static Map<String, Rule> rules() {
        Map<String, Rule> rules = new HashMap<>();
        Rule same = operands -> operands.alike(operands.shape(0));
        for (String operator : List.of(
                "Abs",
                "Acos",
                "Asin",
                "Atan",
                "BatchNormalization",
                "Ceil",
                "Clip",
                "Cos",
                "Cosh",
                "CumSum",
                "Elu",
                "Erf",
                "Exp",
                "Floor",
                "Gelu",
                "Identity",
                "LayerNormalization",
                "LeakyRelu",
                "Log",
                "LogSoftmax",
                "Neg",
                "Not",
                "Reciprocal",
                "Relu",
                "Round",
                "Selu",
                "Sigmoid",
                "Sign",
                "Sin",
                "Sinh",
                "Softmax",
                "Softplus",
                "Softsign",
                "Sqrt",
                "Tan",
                "Tanh")) {
            rules.put(operator, same);
        }
        for (String operator : List.of("Add", "And", "Div", "Max", "Min", "Mod", "Mul", "Or", "Pow", "Sub", "Xor")) {
            rules.put(operator, operands -> operands.alike(operands.shape(0).broadcast(operands.shape(1))));
        }
        for (String operator : List.of("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")) {
            rules.put(
                    operator,
                    operands ->
                            List.of(new Made(ElementType.BOOL, operands.shape(0).broadcast(operands.shape(1)))));
        }
        for (String operator : List.of("IsInf", "IsNaN")) {
            rules.put(operator, operands -> List.of(new Made(ElementType.BOOL, operands.shape(0))));
        }
        rules.put(
                "Where",
                operands -> List.of(new Made(
                        operands.type(1),
                        operands.shape(0).broadcast(operands.shape(1)).broadcast(operands.shape(2)))));
        rules.put("Cast", operands -> List.of(new Made(typeOf(operands.attribute("to", 0)), operands.shape(0))));
        rules.put("MatMul", operands -> operands.alike(matMul(operands.shape(0), operands.shape(1))));
        rules.put("Gemm", Inference::gemm);
        rules.putAll(ShapeRules.rules());
        rules.putAll(WindowRules.rules());
        rules.putAll(ReductionRules.rules());
        return Map.copyOf(rules);
    }

    private static ElementType typeOf(long code) {
        for (ElementType type : ElementType.values()) {
            if (type.code() == code) {
                return type;
            }
        }
        throw new ExportException("unknown ONNX element type " + code);
    }

    static TensorShape matMul(TensorShape left, TensorShape right) {
        if (left.rank() == 1 || right.rank() == 1) {
            TensorShape wideLeft = left.rank() == 1 ? new TensorShape(List.of(Dim.of(1), left.get(0))) : left;
            TensorShape wideRight = right.rank() == 1 ? new TensorShape(List.of(right.get(0), Dim.of(1))) : right;
            List<Dim> dims = new ArrayList<>(matMul(wideLeft, wideRight).dims());
            if (right.rank() == 1) {
                dims.remove(dims.size() - 1);
            }
            if (left.rank() == 1) {
                dims.remove(dims.size() - (right.rank() == 1 ? 1 : 2));
            }
            return new TensorShape(dims);
        }
        if (!left.get(-1).equals(right.get(-2))) {
            throw new ExportException("MatMul of " + left + " and " + right + ": inner sizes differ");
        }
        TensorShape stack = new TensorShape(left.dims().subList(0, left.rank() - 2))
                .broadcast(new TensorShape(right.dims().subList(0, right.rank() - 2)));
        List<Dim> dims = new ArrayList<>(stack.dims());
        dims.add(left.get(-2));
        dims.add(right.get(-1));
        return new TensorShape(dims);
    }

    private static List<Made> gemm(Operands operands) {
        TensorShape right = transposedIf(operands.attribute("transB", 0), operands.shape(1));
        TensorShape product = matMul(operands.shape(0), right);
        if (operands.has(2) && !product.broadcast(operands.shape(2)).equals(product)) {
            throw new ExportException("Gemm cannot add " + operands.shape(2) + " to " + product);
        }
        return operands.alike(product);
    }

    private static TensorShape transposedIf(long transpose, TensorShape shape) {
        return transpose == 0 ? shape : new TensorShape(List.of(shape.get(1), shape.get(0)));
    }
}
