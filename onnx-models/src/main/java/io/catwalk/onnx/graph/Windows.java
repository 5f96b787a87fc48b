package io.catwalk.onnx.graph;

import io.catwalk.onnx.ExportException;

/**
 * Computes the number of positions of a window that slides along one axis.
 *
 * @param before padding before the axis
 * @param up whether a window may extend beyond the end ({@code ceil_mode})
 */
public record Windows(long size, long stride, long before, long after, long dilation, boolean up) {

    /**
     * Counts the windows.
     *
     * @throws ExportException if the number depends on an axis of the input in a way that has no formula
     */
    public Dim over(Dim length) {
        Dim room = length.plus(Dim.of(before + after - dilation * (size - 1) - 1));
        if (!up) {
            return room.floorDividedBy(stride).plus(Dim.of(1));
        }
        Dim steps = room.plus(Dim.of(stride - 1)).floorDividedBy(stride);
        if (length.isFixed()) {
            // A window that would start inside of the padding at the end is left out.
            return steps.fixed() * stride >= length.fixed() + before ? steps : steps.plus(Dim.of(1));
        }
        if (after + stride > dilation * (size - 1) + 1) {
            throw new ExportException("whether the last window starts inside the padding depends on the "
                    + String.join(" and the ", length.axes()) + ": do not use ceilMode");
        }
        return steps.plus(Dim.of(1));
    }
}
