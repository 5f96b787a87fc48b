package io.catwalk.runner.data;

/**
 * Resizes images. Where an axis shrinks, a new pixel is the mean of the source pixels whose centers lie in its area,
 * which Pillow calls BOX; where it grows, a new pixel is interpolated between centers, BILINEAR. The result equals that
 * of Pillow to within one gray level: {@code resize}, {@code ImageOps.fit} and {@code ImageOps.pad}.
 */
record Resampling(DecodedImage image, Axis columns, Axis rows) {

    /** Resizes every channel. */
    static byte[] resize(DecodedImage image, ResizeRule rule) {
        int width = rule.size().width();
        int height = rule.size().height();
        double across = image.width();
        double down = image.height();
        double wanted = (double) width / height;
        boolean wide = across / down > wanted;
        Axis columns = Axis.whole(image.width(), width);
        Axis rows = Axis.whole(image.height(), height);
        if (across / down != wanted) {
            switch (rule.fit()) {
                case STRETCH -> {}
                case CROP -> {
                    columns = wide ? Axis.middle(image.width(), wanted * down, width) : columns;
                    rows = wide ? rows : Axis.middle(image.height(), across / wanted, height);
                }
                case PAD -> {
                    columns = wide ? columns : Axis.within(image.width(), across / down * height, width);
                    rows = wide ? Axis.within(image.height(), down / across * width, height) : rows;
                }
            }
        }
        return new Resampling(image, columns, rows).run();
    }

    /** Reads the source row by row and adds each to the rows that it contributes to, which are few at any time. */
    private byte[] run() {
        int channels = image.channels();
        int width = columns.length();
        byte[] result = new byte[Math.multiplyExact(channels * width, rows.length())];
        float[][] sums = new float[rows.count()][];
        int[] source = new int[channels * image.width()];
        float[] narrowed = new float[channels * width];
        int open = 0;
        for (int y = rows.first(0); y < rows.end(rows.count() - 1); y++) {
            image.row(y, source);
            columns.apply(source, narrowed, channels);
            for (int i = open; i < rows.count() && rows.first(i) <= y; i++) {
                if (sums[i] == null) {
                    sums[i] = new float[narrowed.length];
                }
                float weight = rows.weight(i, y);
                for (int j = 0; j < narrowed.length; j++) {
                    sums[i][j] += weight * narrowed[j];
                }
                if (y == rows.end(i) - 1) {
                    write(sums[i], result, rows.offset() + i);
                    sums[i] = null;
                    open = i + 1;
                }
            }
        }
        return result;
    }

    private void write(float[] row, byte[] result, int y) {
        int width = columns.length();
        for (int i = 0; i < row.length; i++) {
            int channel = i / width;
            result[(channel * rows.length() + y) * width + i % width] = (byte) Math.round(row[i]);
        }
    }

    /**
     * Says which source pixels each new pixel of a row or column is made of, and with which weights.
     *
     * @param length of the result, with the black at its ends
     * @param offset of the first new pixel in it
     * @param first index of the first source pixel of each new one
     * @param weights of that source pixel and of those after it
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Axis(int length, int offset, int[] first, float[][] weights) {

        static Axis whole(int from, int to) {
            return of(from, 0, from, to, to, 0);
        }

        /** Takes {@code taken} pixels of the middle of the source. */
        static Axis middle(int from, double taken, int to) {
            double start = (from - taken) * 0.5;
            return of(from, start, start + taken, to, to, 0);
        }

        /** Puts the source into the middle of the result. Halves are rounded to the even number, as Python does. */
        static Axis within(int from, double wanted, int length) {
            int to = Math.max(1, (int) Math.rint(wanted));
            return of(from, 0, from, to, length, (int) Math.rint((length - to) * 0.5));
        }

        private static Axis of(int from, double start, double end, int to, int length, int offset) {
            double scale = (end - start) / to;
            boolean shrinks = scale > 1;
            double reach = shrinks ? scale * 0.5 : 1;
            int[] first = new int[to];
            float[][] weights = new float[to][];
            for (int i = 0; i < to; i++) {
                double center = start + (i + 0.5) * scale;
                first[i] = Math.max(0, (int) (center - reach + 0.5));
                weights[i] = new float[Math.min(from, (int) (center + reach + 0.5)) - first[i]];
                double sum = 0;
                for (int j = 0; j < weights[i].length; j++) {
                    double distance = (first[i] + j + 0.5 - center) / (shrinks ? scale : 1);
                    weights[i][j] = (float) (shrinks ? box(distance) : Math.max(0, 1 - Math.abs(distance)));
                    sum += weights[i][j];
                }
                for (int j = 0; j < weights[i].length; j++) {
                    weights[i][j] /= (float) sum;
                }
            }
            return new Axis(length, offset, first, weights);
        }

        private static double box(double distance) {
            return distance > -0.5 && distance <= 0.5 ? 1 : 0;
        }

        int count() {
            return first.length;
        }

        int first(int i) {
            return first[i];
        }

        int end(int i) {
            return first[i] + weights[i].length;
        }

        float weight(int i, int source) {
            return weights[i][source - first[i]];
        }

        /** Computes a row of (channels, length) from one of (channels, source). */
        void apply(int[] source, float[] result, int channels) {
            int from = source.length / channels;
            for (int c = 0; c < channels; c++) {
                for (int i = 0; i < first.length; i++) {
                    float sum = 0;
                    float[] shares = weights[i];
                    int at = c * from + first[i];
                    for (int j = 0; j < shares.length; j++) {
                        sum += shares[j] * source[at + j];
                    }
                    result[c * length + offset + i] = sum;
                }
            }
        }
    }
}
