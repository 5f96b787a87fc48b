package io.catwalk.onnx.fuzz;

import static io.catwalk.onnx.fuzz.Operation.unless;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Arithmetic, comparison and activation. */
final class Elementwise {

    private static final List<DataType> TYPES = List.of(
            DataType.FLOAT32,
            DataType.FLOAT32,
            DataType.FLOAT64,
            DataType.INT64,
            DataType.INT32,
            DataType.INT8,
            DataType.UINT8,
            DataType.BOOLEAN);

    private static final List<UnaryOperator<NDArray>> STEPS =
            List.of(NDArray::floor, NDArray::ceil, NDArray::round, NDArray::trunc, NDArray::sign);

    private static final List<UnaryOperator<NDArray>> EXACT = List.of(
            NDArray::abs,
            NDArray::neg,
            NDArray::square,
            NDArray::duplicate,
            x -> x.getNDArrayInternal().relu());

    private static final List<UnaryOperator<NDArray>> SMOOTH = List.of(
            NDArray::sin,
            NDArray::cos,
            NDArray::tanh,
            NDArray::atan,
            NDArray::erf,
            x -> x.clip(-3, 3).exp(),
            // Roots away from 0, where they make 0.0035 of a rounding of 4e-8; SpecialNumbersTest has them at 0.
            x -> x.abs().add(0.25f).sqrt(),
            x -> x.abs().add(0.25f).log(),
            x -> x.abs().add(0.25f).cbrt(),
            x -> x.clip(-0.9f, 0.9f).asin(),
            x -> x.clip(-0.9f, 0.9f).acos(),
            x -> x.clip(-2, 2).sinh(),
            x -> x.clip(-2, 2).cosh(),
            x -> x.clip(-1, 1).tan(),
            x -> x.abs().add(0.5f).log2(),
            x -> x.abs().add(0.5f).log10(),
            NDArray::toDegrees,
            NDArray::toRadians,
            x -> x.getNDArrayInternal().sigmoid(),
            x -> x.getNDArrayInternal().softPlus(),
            x -> x.getNDArrayInternal().softSign(),
            x -> x.getNDArrayInternal().selu(),
            x -> x.getNDArrayInternal().gelu(),
            x -> x.getNDArrayInternal().leakyRelu(0.2f),
            x -> x.getNDArrayInternal().elu(0.7f),
            x -> x.getNDArrayInternal().mish(),
            x -> x.clip(-0.9f, 0.9f).erfinv(),
            // Between two poles, as at 0 above; FunctionSamples goes over several.
            x -> x.sin().mul(0.4f).sub(2.5f).gammaln(),
            x -> x.abs().add(0.5f).gammaln());

    private static final List<BiFunction<NDArray, NDArray, NDArray>> PAIRS =
            List.of(NDArray::add, NDArray::sub, NDArray::mul, NDArray::maximum, NDArray::minimum);

    private static final List<BiFunction<NDArray, Number, NDArray>> NUMBERS =
            List.of(NDArray::add, NDArray::sub, NDArray::mul, NDArray::maximum, NDArray::minimum);

    private static final List<BiFunction<NDArray, NDArray, NDArray>> COMPARISONS =
            List.of(NDArray::gt, NDArray::gte, NDArray::lt, NDArray::lte, NDArray::eq, NDArray::neq);

    private static final List<BiFunction<NDArray, Number, NDArray>> NUMBER_COMPARISONS =
            List.of(NDArray::gt, NDArray::gte, NDArray::lt, NDArray::lte, NDArray::eq, NDArray::neq);

    private static final List<BiFunction<NDArray, NDArray, NDArray>> LOGIC =
            List.of(NDArray::logicalAnd, NDArray::logicalOr, NDArray::logicalXor);

    private Elementwise() {}

    static List<Operation> operations() {
        return List.of(
                (draw, x) -> draw.oneIn(2) && x.exact() ? x.with(draw.of(STEPS).apply(x.array())) : null,
                (draw, x) -> bounded(draw, x, draw.of(EXACT).apply(x.array())),
                (draw, x) -> x.inexact(draw.of(SMOOTH).apply(x.array())),
                (draw, x) -> x.inexact(draw.of(SMOOTH).apply(x.array())),
                (draw, x) -> bounded(draw, x, draw.of(NUMBERS).apply(x.array(), draw.number())),
                Elementwise::pair,
                Elementwise::pair,
                Elementwise::withConstant,
                Elementwise::compare,
                (draw, x) -> x.exact() ? x.with(draw.of(NUMBER_COMPARISONS).apply(x.array(), draw.number())) : null,
                (draw, x) -> new Item(draw.of(LOGIC).apply(mask(x), mask(draw.alike(x))), x.exact()),
                (draw, x) -> x.exact() ? x.with(x.array().logicalNot()) : null,
                Elementwise::where,
                (draw, x) -> x.with(x.array().clip(draw.below(4) - 4, draw.below(4))),
                Elementwise::cast,
                (draw, x) -> x.exact() ? x.with(x.array().mod(draw.oneIn(2) ? 3 : draw.below(3) - 4)) : null,
                (draw, x) -> x.exact() && x.isReal() ? x.with(x.array().mod(draw.oneIn(2) ? 0.75f : -0.5f)) : null,
                (draw, x) -> x.inexact(x.array().div(draw.oneIn(2) ? 3 : 0.7f)),
                (draw, x) -> x.inexact(x.array().div(positive(draw, x))),
                (draw, x) -> x.isReal()
                        ? x.inexact(x.array().abs().add(0.5f).pow(draw.number()).clip(-100, 100))
                        : bounded(draw, x, x.array().pow(draw.below(4))),
                unless(x -> !x.isReal(), (draw, x) -> x.inexact(x.array().atan2(positive(draw, x)))),
                unless(x -> !x.isReal(), (draw, x) -> x.inexact(x.array().xlogy(positive(draw, x)))),
                (draw, x) -> x.isReal() ? x.inexact(NDArrays.sub(1, x.array())) : null,
                unless(x -> x.array().getDataType() != DataType.INT64, Elementwise::large),
                unless(x -> !x.isReal(), Elementwise::inPlace),
                unless(x -> !x.isReal(), Elementwise::intoZeros));
    }

    private static NDArray positive(Draw draw, Item x) {
        return draw.alike(x).array().abs().add(0.5f);
    }

    /** Keeps numbers small, most of the time. */
    static Item bounded(Draw draw, Item from, NDArray made) {
        return from.with(draw.oneIn(6) || made.getDataType() == DataType.BOOLEAN ? made : made.clip(-9, 9));
    }

    private static Item pair(Draw draw, Item x) {
        Item other = draw.alike(x);
        Item both = new Item(x.array(), x.exact() && other.exact());
        return bounded(draw, both, draw.of(PAIRS).apply(x.array(), other.array()));
    }

    private static Item withConstant(Draw draw, Item x) {
        int last = x.rank() - 1;
        NDArray constant = last == 0 ? draw.constant(x, 1) : draw.constant(x, x.size(last));
        return bounded(draw, x, draw.of(PAIRS).apply(x.array(), constant));
    }

    private static @Nullable Item compare(Draw draw, Item x) {
        Item other = draw.alike(x);
        return x.exact() && other.exact() ? x.with(draw.of(COMPARISONS).apply(x.array(), other.array())) : null;
    }

    private static NDArray mask(Item x) {
        return x.isBoolean() ? x.array() : x.array().gte(-1e9);
    }

    private static @Nullable Item where(Draw draw, Item x) {
        Item other = draw.alike(x);
        Item chooser = draw.alike(x);
        if (!chooser.exact() || other.array().getDataType() != x.array().getDataType()) {
            return null;
        }
        NDArray chosen = NDArrays.where(chooser.array().gt(0.25f), x.array(), other.array());
        return new Item(chosen, x.exact() && other.exact());
    }

    private static @Nullable Item cast(Draw draw, Item x) {
        DataType type = draw.of(TYPES);
        boolean real = type == DataType.FLOAT32 || type == DataType.FLOAT64;
        if (!real && !x.exact()) {
            return null;
        }
        // What a negative number becomes without a sign is not defined for reals.
        NDArray from = type == DataType.UINT8 && !x.isBoolean() ? x.array().abs() : x.array();
        return x.with((real || x.isBoolean() ? from : from.clip(-100, 100)).toType(type, draw.oneIn(2)));
    }

    /** Goes through numbers that double precision does not hold. */
    private static Item large(Draw draw, Item x) {
        long large = (1L << 53) + draw.below(4);
        return switch (draw.below(3)) {
            case 0 -> x.with(x.array().add(large).sub(large - 1));
            case 1 -> x.with(x.array().add(large).eq(large + 1));
            default -> x.with(x.array().add(large).maximum(large + 1).mod(7));
        };
    }

    private static Item inPlace(Draw draw, Item x) {
        NDArray copy = x.array().duplicate();
        NDArray view = draw.oneIn(3) ? copy.expandDims(1) : copy;
        switch (draw.below(4)) {
            case 0 -> copy.addi(draw.eighth());
            case 1 -> copy.muli(draw.eighth());
            case 2 -> copy.subi(draw.constant(x, x.size(x.rank() - 1)));
            default -> copy.negi();
        }
        // A view that is out of date is refused; one that is not used does no harm.
        return x.with(draw.oneIn(4) ? view : copy);
    }

    private static Item intoZeros(Draw draw, Item x) {
        NDArray sum = x.manager().zeros(x.array().getShape());
        sum.addi(x.array()).addi(draw.eighth());
        Shape shape = new Shape(sum.getShape().getShape());
        return x.with(draw.oneIn(2) ? sum : sum.reshape(shape));
    }
}
