package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Atom;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Writes the arithmetic that computes sizes from the shapes of the inputs; each number once for all its uses. */
final class SizeArithmetic {

    private final Emitter to;
    private final List<Value> inputs;

    SizeArithmetic(Emitter to, List<Value> inputs) {
        this.to = to;
        this.inputs = List.copyOf(inputs);
    }

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
            return parts.size() == 1 ? parts.get(0) : to.computed("Concat", axis, numbers, parts.toArray(Value[]::new));
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
