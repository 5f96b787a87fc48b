package io.catwalk.onnx.graph;

import java.util.List;

/** Parses the sizes that {@link Dim#toString} wrote. */
final class Formula {

    private final String text;
    private int at;

    private Formula(String text) {
        this.text = text;
    }

    /** Parses a size; text that is not a formula is the name of an axis. */
    static Dim parse(String text) {
        Formula formula = new Formula(text);
        try {
            Dim sum = formula.sum();
            return formula.at == text.length() ? sum : Dim.axis(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Dim.axis(text);
        }
    }

    private Dim sum() {
        Dim sum = product();
        while (see('+') || see('-')) {
            // The minus sign is parsed with the number after it.
            take('+');
            sum = sum.plus(product());
        }
        return sum;
    }

    private Dim product() {
        Dim product = factor();
        while (take('*')) {
            product = product.times(factor());
        }
        return product;
    }

    private Dim factor() {
        if (see('-') || (at < text.length() && Character.isDigit(text.charAt(at)))) {
            return Dim.of(number());
        }
        String name = name();
        if (name.equals("floor") && take('(')) {
            expect('(');
            Dim dividend = sum();
            expect(')');
            expect('/');
            Dim quotient = dividend.floorDividedBy(number());
            expect(')');
            return quotient;
        }
        Atom steps = new Atom.Axis(name, take('/') ? number() : 1);
        return new Dim(List.of(new Dim.Term(1, List.of(steps))), 0);
    }

    private String name() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        if (start == at) {
            throw new IllegalArgumentException("no name at " + at + " of " + text);
        }
        return text.substring(start, at);
    }

    private long number() {
        int start = at;
        take('-');
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        return Long.parseLong(text.substring(start, at));
    }

    private boolean see(char sign) {
        return at < text.length() && text.charAt(at) == sign;
    }

    private boolean take(char sign) {
        boolean seen = see(sign);
        at += seen ? 1 : 0;
        return seen;
    }

    private void expect(char sign) {
        if (!take(sign)) {
            throw new IllegalArgumentException("no " + sign + " at " + at + " of " + text);
        }
    }
}
