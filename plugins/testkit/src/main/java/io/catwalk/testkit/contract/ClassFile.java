package io.catwalk.testkit.contract;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;

/** Reads the names of the classes that a class uses (Java Virtual Machine Specification, 4.4: the constant pool). */
final class ClassFile {

    private static final int MAGIC = 0xCAFEBABE;

    private ClassFile() {}

    /**
     * Returns the classes that the code of a class uses.
     *
     * @param in a class file
     * @return names with dots, sorted, without arrays and primitive types
     */
    static Set<String> named(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        if (data.readInt() != MAGIC) {
            throw new IOException("is no class file");
        }
        data.skipNBytes(4);
        int count = data.readUnsignedShort();
        String[] texts = new String[count];
        Set<Integer> names = new TreeSet<>();
        for (int i = 1; i < count; i++) {
            int tag = data.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[i] = data.readUTF();
                case 7 -> names.add(data.readUnsignedShort());
                case 8, 16, 19, 20 -> data.skipNBytes(2);
                case 15 -> data.skipNBytes(3);
                case 3, 4, 9, 10, 11, 12, 17, 18 -> data.skipNBytes(4);
                case 5, 6 -> {
                    data.skipNBytes(8);
                    i++; // a long or double takes two places
                }
                default -> throw new IOException("has a constant of the unknown kind " + tag);
            }
        }
        Set<String> classes = new TreeSet<>();
        for (int name : names) {
            String element = texts[name].replaceFirst("^\\[+", "");
            if (element.equals(texts[name])) {
                classes.add(element.replace('/', '.'));
            } else if (element.startsWith("L")) {
                classes.add(element.substring(1, element.length() - 1).replace('/', '.'));
            }
        }
        return classes;
    }
}
