package io.catwalk.onnx.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Divides sizes, rounds down, and brings equal quotients into the same form. */
final class Floor {

    private Floor() {}

    static Dim quotient(Dim dim, long divisor) {
        // Multiples of the divisor are moved out of the brackets; remainders stay inside.
        Dim out = Dim.of(Math.floorDiv(dim.fixed(), divisor));
        List<Dim.Term> rest = new ArrayList<>();
        for (Dim.Term term : dim.terms()) {
            out = out.plus(scaled(term, Math.floorDiv(term.factor(), divisor)));
            rest.addAll(scaled(term, Math.floorMod(term.factor(), divisor)).terms());
        }
        if (rest.isEmpty()) {
            return out;
        }
        long remainder = Math.floorMod(dim.fixed(), divisor);
        long common = LongStream.concat(LongStream.of(divisor), rest.stream().mapToLong(Dim.Term::factor))
                .reduce(0, Floor::greatestCommonDivisor);
        if (common > 1) {
            Dim reduced = new Dim(
                    rest.stream()
                            .map(term -> new Dim.Term(term.factor() / common, term.atoms()))
                            .toList(),
                    Math.floorDiv(remainder, common));
            return out.plus(reduced.floorDividedBy(divisor / common));
        }
        boolean single = rest.equals(List.of(new Dim.Term(1, rest.get(0).atoms().subList(0, 1))));
        if (single && rest.get(0).atoms().get(0) instanceof Atom.Quotient inner) {
            Dim both = inner.dividend().plus(Dim.of(remainder * inner.divisor()));
            return out.plus(both.floorDividedBy(divisor * inner.divisor()));
        }
        Atom atom = new Atom.Quotient(new Dim(rest, remainder), divisor);
        return out.plus(new Dim(List.of(new Dim.Term(1, List.of(atom))), 0));
    }

    private static Dim scaled(Dim.Term term, long factor) {
        return Dim.sum(List.of(new Dim.Term(factor, term.atoms())), 0);
    }

    private static long greatestCommonDivisor(long left, long right) {
        return right == 0 ? Math.abs(left) : greatestCommonDivisor(right, left % right);
    }
}
