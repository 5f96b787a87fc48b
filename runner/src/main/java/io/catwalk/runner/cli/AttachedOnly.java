package io.catwalk.runner.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Gives an option a value only by {@code --option=VALUE}; for a space, picocli would take the next argument. */
final class AttachedOnly implements IParameterPreprocessor {

    /** What picocli says of an option without = and a value. */
    private static final String SEPARATE = " ";

    @Override
    public boolean preprocess(Stack<String> words, CommandSpec command, ArgSpec argument, Map<String, Object> state) {
        if (SEPARATE.equals(state.get("separator")) && argument instanceof OptionSpec option) {
            words.push(option.fallbackValue());
        }
        return false; // picocli continues, and takes the value from there
    }
}
