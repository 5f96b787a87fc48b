package io.catwalk.onnx;

import java.util.regex.Pattern;

/** One axis of an input, of fixed or dynamic size. Dynamic axes of the same name have the same size in all inputs. */
public sealed interface Axis {

    /** The number of samples, at least 1. */
    Dynamic BATCH = of("batch");

    /**
     * Creates an axis of fixed size.
     *
     * @param size at least 1
     * @throws IllegalArgumentException if {@code size} is below 1
     */
    static Fixed of(long size) {
        return new Fixed(size);
    }

    /**
     * Creates a dynamic axis (a symbolic dimension), whose size may differ from call to call and is at least 1.
     *
     * @param name such as {@code batch}, {@code sequence} or {@code height}: letters, digits and underscores
     * @throws IllegalArgumentException if {@code name} has other characters, begins with a digit or is {@code floor}
     */
    static Dynamic of(String name) {
        return new Dynamic(name, 1, Long.MAX_VALUE, 1);
    }

    /**
     * An axis of fixed size.
     *
     * @param size at least 1
     */
    record Fixed(long size) implements Axis {
        /** Checks the size. */
        public Fixed {
            if (size < 1) {
                throw new IllegalArgumentException("expected a size of at least 1, found " + size);
            }
        }
    }

    /**
     * An axis whose size may differ from call to call.
     *
     * @param name letters, digits and underscores
     * @param least the smallest size that the network takes, at least 1
     * @param most the largest size that the network takes; {@link Long#MAX_VALUE} for any
     * @param step every size is a multiple of it; at least 1
     */
    record Dynamic(String name, long least, long most, long step) implements Axis {

        private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

        /** Checks the name and the bounds, and rounds the bounds inwards to multiples of the step. */
        public Dynamic {
            if (!NAME.matcher(name).matches() || name.equals("floor")) {
                throw new IllegalArgumentException(
                        "expected the name of an axis, of letters, digits and underscores, found \"" + name + "\"");
            }
            if (least < 1 || step < 1) {
                throw new IllegalArgumentException("expected sizes and steps of at least 1 for the axis " + name
                        + ", found " + least + " and " + step);
            }
            least = -Math.floorDiv(-least, step) * step;
            most = most == Long.MAX_VALUE ? most : most - most % step;
            if (most < least) {
                throw new IllegalArgumentException("expected a size that the axis " + name
                        + " may have, found none from " + least + " to " + most);
            }
        }

        /**
         * Sets the smallest size that the network takes, such as 32 pixels.
         *
         * @param size at least 1
         */
        public Dynamic atLeast(long size) {
            return new Dynamic(name, size, most, step);
        }

        /**
         * Sets the largest size that the network takes, such as the length of a table of positions.
         *
         * @param size at least the smallest
         */
        public Dynamic atMost(long size) {
            return new Dynamic(name, least, size, step);
        }

        /**
         * Allows only multiples of a number, as needed by networks that halve an image and double it again.
         *
         * @param size at least 1
         */
        public Dynamic inStepsOf(long size) {
            return new Dynamic(name, least, most, size);
        }

        Dynamic only(long size) {
            if (!takes(size)) {
                throw new IllegalArgumentException(
                        "expected a size that the axis takes, found " + size + " for " + this);
            }
            return new Dynamic(name, size, size, step);
        }

        /**
         * Tells whether the axis may have a size.
         *
         * @param size any
         * @return true if it is within the bounds and a multiple of the step
         */
        public boolean takes(long size) {
            return size >= least && size <= most && size % step == 0;
        }

        /** Tells whether only one size is allowed: the smallest is also the largest. */
        public boolean isSingle() {
            return least == most;
        }
    }
}
