package io.catwalk.onnx.lowering;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.trace.Program;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The names of the inputs and outputs of a graph. They come from the caller, or else from {@code NDArray.setName} in
 * forward. The defaults are {@code images} and {@code logits} for a classifier, and "output", or
 * {@code output_1}, ..., for the outputs of other networks.
 *
 * @param inputs names of the inputs; empty for a classifier
 * @param outputs names of the outputs; empty to use those of the network, or the defaults
 */
public record Naming(List<String> inputs, List<String> outputs) {

    public Naming {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    private boolean isClassifier() {
        return inputs.isEmpty();
    }

    List<String> inputs(Program program) {
        return isClassifier() ? List.of(program.names().get(0).orElse(Lowering.INPUT)) : inputs;
    }

    /** Returns the names of the outputs; a name is empty if any will do. */
    List<Optional<String>> outputs(Program program) {
        int count = program.outputs().size();
        if (!outputs.isEmpty() && outputs.size() != count) {
            throw new ExportException("the network returns " + count + " array(s), but there are names for "
                    + outputs.size() + ": " + outputs);
        }
        List<Optional<String>> called = program.names()
                .subList(program.names().size() - count, program.names().size());
        List<Optional<String>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<String> usual = i > 0
                    ? Optional.empty()
                    : Optional.of(isClassifier() ? Lowering.LOGITS : count == 1 ? "output" : "output_1");
            all.add(outputs.isEmpty() ? called.get(i).or(() -> usual) : Optional.of(outputs.get(i)));
        }
        return all;
    }

    /** Lists the names that no other value may have. */
    List<String> taken(Program program) {
        List<String> taken = new ArrayList<>(inputs(program));
        outputs(program).forEach(name -> name.ifPresent(taken::add));
        Set<String> seen = new HashSet<>();
        for (String name : taken) {
            if (!seen.add(name)) {
                throw new ExportException("the name " + name + " is given to two of the inputs and outputs (" + taken
                        + "): rename one, with withOutputNames or setName");
            }
        }
        return taken;
    }

    /** Checks that the softmax of the one output, or of a classifier's first, can be added under its name. */
    void requireRoomForProbabilities(Program program) {
        if (!isClassifier() && program.outputs().size() != 1) {
            throw new ExportException("probabilities are the softmax of the one output of a classifier, but the network"
                    + " returns " + program.outputs().size() + " arrays: compute the softmax in forward");
        }
        if (taken(program).contains(Lowering.PROBABILITIES)) {
            throw new ExportException("the name " + Lowering.PROBABILITIES + " is that of the softmax that"
                    + " withProbabilities adds, but an input or output has it (" + taken(program)
                    + "): rename that, with OnnxInput.of, withOutputNames or setName");
        }
    }
}
