package io.catwalk.onnx;

import java.util.regex.Pattern;

/** One axis of an input: as long at each call, or dynamic. Axes of one name are equally long in all inputs. */
public sealed interface Axis {

    /** The number of samples, from 1 on. */
    Dynamic BATCH = of("batch");

    /**
     * Makes an axis that is as long at each call.
     *
     * @param size at least 1
     * @return the axis
     * @throws IllegalArgumentException if {@code size} is below 1
     */
    static Fixed of(long size) {
        return new Fixed(size);
    }

    /**
     * Makes an axis that may be longer or shorter at each call, from 1 on.
     *
     * @param name such as {@code batch}, {@code sequence} or {@code height}: letters, digits and underscores
     * @return the axis
     * @throws IllegalArgumentException if {@code name} has other characters or begins with a digit
     */
    static Dynamic of(String name) {
        return new Dynamic(name, 1, Long.MAX_VALUE, 1);
    }

    /**
     * An axis that is as long at each call.
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
     * An axis that may be longer or shorter at each call.
     *
     * @param name letters, digits and underscores
     * @param least the smallest size that the network takes, at least 1
     * @param most the largest size that the network takes; {@link Long#MAX_VALUE} for any
     * @param step every size is a multiple of it; at least 1
     */
    record Dynamic(String name, long least, long most, long step) implements Axis {

        private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

        /** Checks the name and the bounds, and moves the bounds to multiples of the step. */
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
            most = most - most % step;
            if (most < least) {
                throw new IllegalArgumentException("expected a size that the axis " + name
                        + " may have, found none from " + least + " to " + most);
            }
        }

        /**
         * Sets the smallest size that the network takes, such as 32 pixels.
         *
         * @param size at least 1
         * @return the changed axis
         */
        public Dynamic atLeast(long size) {
            return new Dynamic(name, size, most, step);
        }

        /**
         * Sets the largest size that the network takes, such as the length of a table of positions.
         *
         * @param size at least the smallest
         * @return the changed axis
         */
        public Dynamic atMost(long size) {
            return new Dynamic(name, least, size, step);
        }

        /**
         * Takes multiples of a number only, as networks do that halve an image and double it again.
         *
         * @param size at least 1
         * @return the changed axis
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

        /**
         * Tells whether there is but one size.
         *
         * @return true if the smallest is the largest
         */
        public boolean isSingle() {
            return least == most;
        }
    }
}
