package io.catwalk.onnx.trace;

import ai.djl.nn.Block;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Finds the place in a network that is being executed: the path of blocks, and the line of the user's code. */
record CodeLocation(Block root) {

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** Describes the current place, for an error. */
    String here() {
        List<StackWalker.StackFrame> frames = WALKER.walk(stack -> stack.toList());
        int outermost = 0;
        for (int i = 0; i < frames.size(); i++) {
            outermost = Block.class.isAssignableFrom(frames.get(i).getDeclaringClass()) ? i + 1 : outermost;
        }
        List<StackWalker.StackFrame> inForward = frames.subList(0, outermost);
        Optional<StackWalker.StackFrame> own = inForward.stream()
                .filter(frame -> isOfUser(frame.getDeclaringClass().getName()))
                .findFirst();
        // if all of it is DJL's, the line of the innermost block
        Optional<StackWalker.StackFrame> place = own.or(() -> inForward.stream()
                .filter(frame -> Block.class.isAssignableFrom(frame.getDeclaringClass()))
                .findFirst());
        String line = place.map(frame -> ", called at " + frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("");
        return "block " + path(frames) + line;
    }

    /** Returns the name of a class of blocks; for an anonymous class, that of its superclass. */
    static String name(Class<?> type) {
        return type.isAnonymousClass() ? name(type.getSuperclass()) : type.getSimpleName();
    }

    static boolean isOfUser(String name) {
        return !name.startsWith("ai.djl.")
                && !name.startsWith("java.")
                && !name.startsWith("jdk.")
                && !name.startsWith(CodeLocation.class.getPackageName() + ".")
                && !name.contains("$Proxy");
    }

    /**
     * Follows the tree of blocks along the stack. A child that shares its class with a sibling appears as its class.
     */
    private String path(List<StackWalker.StackFrame> innermostFirst) {
        List<Class<?>> running = new ArrayList<>();
        List<StackWalker.StackFrame> frames = new ArrayList<>(innermostFirst);
        Collections.reverse(frames);
        for (StackWalker.StackFrame frame : frames) {
            Class<?> type = frame.getDeclaringClass();
            if (Block.class.isAssignableFrom(type) && frame.getMethodName().equals("forwardInternal")) {
                running.add(type);
            }
        }
        StringBuilder path = new StringBuilder(name(root.getClass()));
        Optional<Block> block = Optional.of(root);
        for (Class<?> type : running.isEmpty() ? running : running.subList(1, running.size())) {
            List<Pair<String, Block>> children = new ArrayList<>();
            block.ifPresent(parent -> parent.getChildren().forEach(child -> {
                if (type.isInstance(child.getValue())) {
                    children.add(child);
                }
            }));
            boolean clear = children.size() == 1;
            path.append('/').append(clear ? children.get(0).getKey() : name(type));
            block = clear ? Optional.of(children.get(0).getValue()) : Optional.empty();
        }
        return path.toString();
    }
}
