package io.catwalk.onnx.trace;

import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.SizeFunction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Finds a formula for a number that has been seen in several traces, from the axes of the inputs and from sizes that
 * were found before. Simple formulas come first. Rehearsals at other sizes check whether a formula is right.
 */
final class FormulaFit {

    /** Two points lie on many lines, so sums and quotients are accepted only from three different numbers on. */
    private static final int ENOUGH = 3;

    private static final int MOST_FACTORS = 4;
    private static final int LARGEST_DIVISOR = 64;
    private static final int LARGEST_BASIS = 64;

    private final List<Sizes> sizes;
    private final List<Dim> axes;
    private final List<Dim> basis = new ArrayList<>();
    private final Map<List<Long>, Dim> known = new HashMap<>();

    /** Starts with only the sizes of the axes. */
    FormulaFit(List<Sizes> sizes, Collection<Dim> axes) {
        this.sizes = sizes;
        this.axes = List.copyOf(axes);
        this.axes.forEach(axis -> learn(values(axis), axis));
    }

    private List<Long> values(Dim dim) {
        return sizes.stream().map(size -> size.of(dim)).toList();
    }

    private void learn(List<Long> values, Dim dim) {
        boolean fresh = known.putIfAbsent(values, dim) == null;
        if (fresh && !dim.isFixed() && basis.size() < LARGEST_BASIS) {
            basis.add(dim);
        }
    }

    /** Adds a formula that is known to be right. */
    Dim learned(Dim dim) {
        learn(values(dim), dim);
        return dim;
    }

    /** Tells whether a formula gives the numbers. */
    boolean holds(Dim dim, long[] values) {
        return values(dim).equals(list(values));
    }

    private static List<Long> list(long[] values) {
        return LongStream.of(values).boxed().toList();
    }

    /** Finds a formula for a number. */
    Optional<Dim> dim(long... values) {
        List<Long> wanted = list(values);
        Dim found = known.get(wanted);
        if (found != null) {
            return Optional.of(found);
        }
        Optional<Dim> dim = constant(wanted)
                .or(() -> line(wanted))
                .or(() -> product(wanted, MOST_FACTORS))
                .or(() -> wanted.stream().distinct().count() >= ENOUGH
                        ? affine(wanted).or(() -> sum(wanted)).or(() -> quotient(wanted))
                        : Optional.empty())
                .or(() -> wanted.size() < ENOUGH ? Optional.empty() : remainder(wanted));
        dim.ifPresent(one -> learn(wanted, one));
        return dim;
    }

    /**
     * Finds a formula for a number that is not whole: a multiple of a quotient of sizes, of its root or its logarithm.
     *
     * @param precise how far two values of the same formula may be apart, over the value
     */
    Optional<SizeFunction> real(double[] values, double precise) {
        List<Dim> candidates = new ArrayList<>(List.of(Dim.of(1)));
        basis.forEach(size -> candidates.addAll(List.of(size, size.minus(Dim.of(1)), size.plus(Dim.of(1)))));
        for (SizeFunction.Kind kind : SizeFunction.Kind.values()) {
            for (Dim under : candidates) {
                for (Dim over : candidates) {
                    Optional<SizeFunction> found = over.isFixed() && under.isFixed()
                            ? Optional.empty()
                            : scaled(new SizeFunction(1, kind, over, under), values, precise);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<SizeFunction> scaled(SizeFunction unit, double[] values, double precise) {
        double factor = values[0] / unit.at(sizes.get(0)::of);
        for (double whole : new double[] {1, Math.PI}) {
            double rounded = Math.rint(factor / whole) * whole;
            factor = rounded != 0 && Math.abs(rounded - factor) <= precise * Math.abs(factor) ? rounded : factor;
        }
        SizeFunction function = new SizeFunction(factor, unit.kind(), unit.over(), unit.under());
        for (int i = 0; i < values.length; i++) {
            if (!isClose(function.at(sizes.get(i)::of), values[i], precise)) {
                return Optional.empty();
            }
        }
        return Optional.of(function);
    }

    /** Tells whether a number is what a formula gives; a float has fewer digits than a double. */
    static boolean isClose(SizeFunction function, Sizes sizes, Number found) {
        return isClose(function.at(sizes::of), found.doubleValue(), precision(found));
    }

    private static boolean isClose(double formula, double value, double precise) {
        return Math.abs(formula - value) <= precise * Math.abs(value);
    }

    static double precision(Object number) {
        return number instanceof Float ? 1e-6 : 1e-12;
    }

    private static Optional<Dim> constant(List<Long> values) {
        return values.stream().distinct().count() == 1 ? Optional.of(Dim.of(values.get(0))) : Optional.empty();
    }

    /** Tries multiples of an axis, and an axis plus a number. */
    private Optional<Dim> line(List<Long> values) {
        for (Dim axis : axes) {
            Optional<Dim> found = constant(quotients(values, values(axis)))
                    .map(axis::times)
                    .or(() -> constant(differences(values, axis)).map(axis::plus));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Tries products of sizes and a number. */
    private Optional<Dim> product(List<Long> values, int factors) {
        if (factors == 0) {
            return Optional.empty();
        }
        for (Dim factor : basis) {
            List<Long> rest = quotients(values, values(factor));
            Optional<Dim> found =
                    constant(rest).or(() -> rest.isEmpty() ? Optional.empty() : product(rest, factors - 1));
            if (found.isPresent()) {
                return found.map(factor::times);
            }
        }
        return Optional.empty();
    }

    /** Tries a size plus a number, and multiples of it. */
    private Optional<Dim> affine(List<Long> values) {
        return firstPlusNumber(
                values,
                basis.stream().flatMap(size -> slope(values, values(size)).map(size::times)));
    }

    /** Finds how often a size is in a number, from the first two calls where it differs. */
    private static Stream<Dim> slope(List<Long> values, List<Long> at) {
        return IntStream.range(1, at.size())
                .filter(i -> !at.get(i).equals(at.get(0)) && !values.get(i).equals(values.get(0)))
                .filter(i -> (values.get(i) - values.get(0)) % (at.get(i) - at.get(0)) == 0)
                .mapToObj(i -> Dim.of((values.get(i) - values.get(0)) / (at.get(i) - at.get(0))))
                .limit(1);
    }

    /** Tries the sum and the difference of two sizes, and a number. */
    private Optional<Dim> sum(List<Long> values) {
        Stream<Dim> sums = basis.stream()
                .flatMap(left -> basis.stream().flatMap(right -> Stream.of(left.plus(right), left.minus(right))));
        return firstPlusNumber(values, sums.filter(both -> !both.isFixed()));
    }

    /** Tries a part of a size, rounded down or up, and a number. */
    private Optional<Dim> quotient(List<Long> values) {
        return firstPlusNumber(
                values,
                parts((size, divisor) -> Stream.of(
                        size.floorDividedBy(divisor),
                        size.plus(Dim.of(divisor - 1)).floorDividedBy(divisor))));
    }

    /** Tries what a size lacks of a multiple, and what it has more. */
    private Optional<Dim> remainder(List<Long> values) {
        return parts((size, divisor) -> {
                    Dim below = size.floorDividedBy(divisor).times(Dim.of(divisor));
                    Dim above = size.plus(Dim.of(divisor - 1))
                            .floorDividedBy(divisor)
                            .times(Dim.of(divisor));
                    return Stream.of(above.minus(size), size.minus(below));
                })
                .filter(rest -> values(rest).equals(values))
                .findFirst();
    }

    private Stream<Dim> parts(BiFunction<Dim, Long, Stream<Dim>> of) {
        return basis.stream()
                .flatMap(size ->
                        LongStream.rangeClosed(2, LARGEST_DIVISOR).boxed().flatMap(divisor -> of.apply(size, divisor)));
    }

    /** Finds the first of some sizes that lacks the same number in all calls. */
    private Optional<Dim> firstPlusNumber(List<Long> values, Stream<Dim> some) {
        return some.flatMap(size -> constant(differences(values, size)).map(size::plus).stream())
                .findFirst();
    }

    /** Divides number by number; empty if one is not a multiple. */
    private static List<Long> quotients(List<Long> values, List<Long> divisors) {
        List<Long> quotients = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            long divisor = divisors.get(i);
            if (divisor == 0 || values.get(i) % divisor != 0) {
                return List.of();
            }
            quotients.add(values.get(i) / divisor);
        }
        return quotients;
    }

    private List<Long> differences(List<Long> values, Dim from) {
        List<Long> differences = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            differences.add(values.get(i) - sizes.get(i).of(from));
        }
        return differences;
    }
}
