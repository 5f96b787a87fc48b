package io.catwalk.onnx.graph;

import io.catwalk.onnx.graph.Dim.Atom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Parses the sizes that {@link Dim#toString} wrote. */
final class Formula {

    private static final Pattern NUMBER = Pattern.compile("-?\\d+");
    private static final Pattern TOKEN = Pattern.compile(NUMBER + "|\\w+|.", Pattern.DOTALL);

    private final Deque<String> tokens = new ArrayDeque<>();

    private Formula(String text) {
        TOKEN.matcher(text).results().map(MatchResult::group).forEach(tokens::add);
    }

    /** Parses a size; text that is not a formula is the name of an axis. */
    static Dim parse(String text) {
        Formula formula = new Formula(text);
        try {
            Dim sum = formula.sum();
            return formula.tokens.isEmpty() ? sum : Dim.axis(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Dim.axis(text);
        }
    }

    private Dim sum() {
        Dim sum = product();
        // The minus sign is part of the number after it.
        while (take("+") || (!tokens.isEmpty() && tokens.element().startsWith("-"))) {
            sum = sum.plus(product());
        }
        return sum;
    }

    private Dim product() {
        Dim product = factor();
        while (take("*")) {
            product = product.times(factor());
        }
        return product;
    }

    private Dim factor() {
        String token = next("\\w+|" + NUMBER);
        if (NUMBER.matcher(token).matches()) {
            return Dim.of(Long.parseLong(token));
        }
        if (token.equals("floor") && take("(")) {
            next("\\(");
            Dim dividend = sum();
            next("\\)");
            next("/");
            Dim quotient = dividend.floorDividedBy(number());
            next("\\)");
            return quotient;
        }
        Atom steps = new Atom.Axis(token, take("/") ? number() : 1);
        return new Dim(List.of(new Dim.Term(1, List.of(steps))), 0);
    }

    private long number() {
        return Long.parseLong(next(NUMBER.pattern()));
    }

    private boolean take(String token) {
        boolean seen = token.equals(tokens.peek());
        if (seen) {
            tokens.remove();
        }
        return seen;
    }

    private String next(String expected) {
        String token = tokens.isEmpty() ? "" : tokens.remove();
        if (!token.matches(expected)) {
            throw new IllegalArgumentException("expected " + expected + ", found " + token);
        }
        return token;
    }
}
