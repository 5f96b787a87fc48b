package io.catwalk.onnx.graph;

import io.catwalk.onnx.ExportException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The size of one axis, which may be a symbolic dimension: a polynomial of the dynamic axes of the inputs, such as
 * {@code 4*batch} or {@code batch*floor((height-1)/2)+1}. Equal polynomials are equal objects.
 *
 * @param terms the terms that depend on the inputs, in order; none for a fixed size
 */
public record Dim(List<Term> terms, long fixed) {

    /** The size of the axis that is called batch. */
    public static final Dim BATCH = axis("batch");

    private static final Comparator<Atom> ORDER = Comparator.comparing(Atom::toString);

    /**
     * A product of a number and atoms.
     *
     * @param factor the number, not 0
     * @param atoms at least one, in order
     */
    public record Term(long factor, List<Atom> atoms) {

        public Term {
            atoms = List.copyOf(atoms);
        }

        @Override
        public String toString() {
            long rest = factor;
            List<String> words = new ArrayList<>();
            for (Atom atom : atoms) {
                boolean whole = atom instanceof Atom.Axis axis && rest % axis.step() == 0;
                rest = whole ? rest / ((Atom.Axis) atom).step() : rest;
                words.add(whole ? ((Atom.Axis) atom).name() : atom.toString());
            }
            return (rest == 1 ? "" : rest + "*") + String.join("*", words);
        }
    }

    public Dim {
        terms = List.copyOf(terms);
    }

    /** Creates a fixed size. */
    public static Dim of(long size) {
        return new Dim(List.of(), size);
    }

    /** Creates the size of a dynamic axis of the inputs. */
    public static Dim axis(String name) {
        return axis(name, 1);
    }

    /** Creates the size of a dynamic axis of the inputs that is always a multiple of a number. */
    public static Dim axis(String name, long step) {
        return new Dim(List.of(new Term(step, List.of(new Atom.Axis(name, step)))), 0);
    }

    /** Tells whether the size is fixed: true if it depends on no axis. */
    public boolean isFixed() {
        return terms.isEmpty();
    }

    /** Computes the size if all axes have the same size. */
    public long at(long size) {
        return at(name -> size);
    }

    /** Computes the size from the sizes of the axes by their names. */
    public long at(ToLongFunction<String> sizes) {
        long sum = fixed;
        for (Term term : terms) {
            long product = term.factor();
            for (Atom atom : term.atoms()) {
                product *= atom.at(sizes);
            }
            sum += product;
        }
        return sum;
    }

    /** Tells whether the size is 0 where all axes have the size 1. Axes in a quotient are those of images, and larger. */
    public boolean canVanish() {
        return at(1) <= 0
                && terms.stream().flatMap(term -> term.atoms().stream()).allMatch(Atom.Axis.class::isInstance);
    }

    /** Lists the axes that the size depends on. */
    public Set<String> axes() {
        Set<String> names = new LinkedHashSet<>();
        for (Term term : terms) {
            for (Atom atom : term.atoms()) {
                if (atom instanceof Atom.Axis axis) {
                    names.add(axis.name());
                } else if (atom instanceof Atom.Quotient quotient) {
                    names.addAll(quotient.dividend().axes());
                }
            }
        }
        return names;
    }

    /** Returns the size, which must be fixed. */
    public long fixed(String what) {
        if (!isFixed()) {
            throw new ExportException(what + " must not depend on the " + String.join(" and the ", axes()) + ", but is "
                    + this + "; give the input a fixed size there");
        }
        return fixed;
    }

    /** Adds another size. */
    public Dim plus(Dim other) {
        return sum(Stream.concat(terms.stream(), other.terms.stream()).toList(), fixed + other.fixed);
    }

    /** Subtracts another size. */
    public Dim minus(Dim other) {
        return plus(other.times(of(-1)));
    }

    /** Multiplies by another size. */
    public Dim times(Dim other) {
        List<Term> products = new ArrayList<>();
        for (Term left : terms) {
            products.add(new Term(left.factor() * other.fixed, left.atoms()));
            for (Term right : other.terms) {
                products.add(new Term(
                        left.factor() * right.factor(),
                        Stream.concat(left.atoms().stream(), right.atoms().stream())
                                .sorted(ORDER)
                                .toList()));
            }
        }
        other.terms.forEach(right -> products.add(new Term(fixed * right.factor(), right.atoms())));
        return sum(products, fixed * other.fixed);
    }

    private static Dim sum(Collection<Term> summands, long fixed) {
        Map<String, Term> sums = new TreeMap<>();
        for (Term term : summands) {
            String key = term.atoms().stream().map(Atom::toString).collect(Collectors.joining("*"));
            sums.merge(key, term, (one, two) -> new Term(one.factor() + two.factor(), one.atoms()));
        }
        return new Dim(sums.values().stream().filter(term -> term.factor() != 0).toList(), fixed);
    }

    /**
     * Divides by another size; empty if there is a remainder, or if the divisor is a sum and this is not a multiple of
     * it.
     */
    public Optional<Dim> dividedBy(Dim divisor) {
        if (!isFixed() && !divisor.isFixed()) {
            Dim ratio = of(terms.get(0).factor() / divisor.terms.get(0).factor());
            if (divisor.times(ratio).equals(this)) {
                return Optional.of(ratio);
            }
        }
        boolean monomial = divisor.terms.size() == 1 && divisor.fixed == 0;
        long by = monomial ? divisor.terms.get(0).factor() : divisor.fixed;
        boolean number = divisor.isFixed() && by != 0;
        if (!(monomial && fixed == 0) && !(number && fixed % by == 0)) {
            return Optional.empty();
        }
        Dim quotient = of(number ? fixed / by : 0);
        for (Term term : terms) {
            List<Atom> rest = new ArrayList<>(term.atoms());
            boolean divides = term.factor() % by == 0;
            for (Atom atom : monomial ? divisor.terms.get(0).atoms() : List.<Atom>of()) {
                divides = divides && rest.remove(atom);
            }
            if (!divides) {
                return Optional.empty();
            }
            quotient = quotient.plus(
                    rest.isEmpty() ? of(term.factor() / by) : new Dim(List.of(new Term(term.factor() / by, rest)), 0));
        }
        return Optional.of(quotient);
    }

    /**
     * Divides and rounds down.
     *
     * @return the quotient, in a normal form that equal quotients of nested windows share
     */
    public Dim floorDividedBy(long divisor) {
        // Multiples of the divisor are moved out of the brackets; remainders stay inside.
        Dim out = of(Math.floorDiv(fixed, divisor));
        List<Term> rest = new ArrayList<>();
        for (Term term : terms) {
            out = out.plus(scaled(term, Math.floorDiv(term.factor(), divisor)));
            rest.addAll(scaled(term, Math.floorMod(term.factor(), divisor)).terms);
        }
        if (rest.isEmpty()) {
            return out;
        }
        long remainder = Math.floorMod(fixed, divisor);
        long common = LongStream.concat(LongStream.of(divisor), rest.stream().mapToLong(Term::factor))
                .reduce(0, Dim::greatestCommonDivisor);
        if (common > 1) {
            Dim reduced = new Dim(
                    rest.stream()
                            .map(term -> new Term(term.factor() / common, term.atoms()))
                            .toList(),
                    Math.floorDiv(remainder, common));
            return out.plus(reduced.floorDividedBy(divisor / common));
        }
        boolean single = rest.equals(List.of(new Term(1, rest.get(0).atoms().subList(0, 1))));
        if (single && rest.get(0).atoms().get(0) instanceof Atom.Quotient inner) {
            Dim both = inner.dividend().plus(of(remainder * inner.divisor()));
            return out.plus(both.floorDividedBy(divisor * inner.divisor()));
        }
        Atom atom = new Atom.Quotient(new Dim(rest, remainder), divisor);
        return out.plus(new Dim(List.of(new Term(1, List.of(atom))), 0));
    }

    private static Dim scaled(Term term, long factor) {
        return sum(List.of(new Term(factor, term.atoms())), 0);
    }

    private static long greatestCommonDivisor(long left, long right) {
        return right == 0 ? Math.abs(left) : greatestCommonDivisor(right, left % right);
    }

    @Override
    public String toString() {
        if (isFixed()) {
            return Long.toString(fixed);
        }
        StringBuilder text = new StringBuilder();
        for (Term term : terms) {
            String next = term.toString();
            text.append(text.isEmpty() || next.startsWith("-") ? "" : "+").append(next);
        }
        return fixed == 0 ? text.toString() : text + (fixed > 0 ? "+" : "") + fixed;
    }

    /** One factor of a symbolic dimension. */
    public sealed interface Atom {

        /** Computes the value of this factor from the sizes of the axes by their names. */
        long at(ToLongFunction<String> sizes);

        /**
         * The size of an input axis, counted in steps.
         *
         * @param step every size of the axis is a multiple of it; at least 1
         */
        record Axis(String name, long step) implements Atom {
            @Override
            public long at(ToLongFunction<String> sizes) {
                return sizes.applyAsLong(name) / step;
            }

            @Override
            public String toString() {
                return step == 1 ? name : name + "/" + step;
            }
        }

        /**
         * A quotient that is rounded down, such as the number of windows with a stride.
         *
         * @param divisor at least 2
         */
        record Quotient(Dim dividend, long divisor) implements Atom {
            @Override
            public long at(ToLongFunction<String> sizes) {
                return Math.floorDiv(dividend.at(sizes), divisor);
            }

            @Override
            public String toString() {
                return "floor((" + dividend + ")/" + divisor + ")";
            }
        }
    }
}
