package io.catwalk.onnx.file;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.catwalk.onnx.OnnxFileException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Holds the bytes of an ONNX file with the positions of its top-level fields (Protocol Buffers, "Encoding"). Metadata
 * is read and replaced without parsing the graph, so that no other byte can change.
 */
public final class ModelFields {

    private static final String REMEDY = "export the model again or copy the file again";

    /** A top-level field: its number and the bytes from its tag to its end. */
    private record Field(int number, int start, int end) {}

    private final Path file;
    private final byte[] bytes;
    private final List<Field> fields;

    private ModelFields(Path file, byte[] bytes, List<Field> fields) {
        this.file = file;
        this.bytes = bytes;
        this.fields = fields;
    }

    public static ModelFields read(Path file) {
        return of(file, bytes(file));
    }

    public static ModelFields of(Path file, byte[] bytes) {
        List<Field> fields = new ArrayList<>();
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            while (!in.isAtEnd()) {
                int start = in.getTotalBytesRead();
                int tag = in.readTag();
                in.skipField(tag);
                fields.add(new Field(WireFormat.getTagFieldNumber(tag), start, in.getTotalBytesRead()));
            }
        } catch (IOException e) {
            throw broken(file, bytes, e);
        }
        if (fields.stream().noneMatch(field -> field.number() == ModelProto.GRAPH_FIELD_NUMBER)
                || fields.stream().noneMatch(field -> field.number() == ModelProto.IR_VERSION_FIELD_NUMBER)) {
            throw new OnnxFileException(
                    file, "an ONNX model", "a file of " + bytes.length + " bytes without a graph", REMEDY);
        }
        return new ModelFields(file, bytes, fields);
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Parses the whole model; its weights are not copied, they refer to {@link #bytes()}. */
    public ModelProto model() {
        try {
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            in.enableAliasing(true);
            return ModelProto.parseFrom(in);
        } catch (IOException e) {
            throw broken(file, bytes, e);
        }
    }

    public SortedMap<String, String> metadata() {
        ModelProto.Builder entries = ModelProto.newBuilder();
        try {
            for (Field field : fields) {
                if (field.number() == ModelProto.METADATA_PROPS_FIELD_NUMBER) {
                    entries.mergeFrom(bytes, field.start(), field.end() - field.start());
                }
            }
        } catch (IOException e) {
            throw broken(file, bytes, e);
        }
        return ModelFile.metadata(entries.build());
    }

    /** Replaces the metadata of the file, and writes it where a serializer that sorts fields by number does. */
    public void write(SortedMap<String, String> metadata) {
        try {
            replace(file, out -> {
                for (Field field : fields) {
                    if (field.number() < ModelProto.METADATA_PROPS_FIELD_NUMBER) {
                        out.write(bytes, field.start(), field.end() - field.start());
                    }
                }
                ModelProto.Builder entries = ModelProto.newBuilder();
                Protos.addMetadata(entries, metadata);
                entries.build().writeTo(out);
                for (Field field : fields) {
                    if (field.number() > ModelProto.METADATA_PROPS_FIELD_NUMBER) {
                        out.write(bytes, field.start(), field.end() - field.start());
                    }
                }
            });
        } catch (IOException e) {
            throw new OnnxFileException(
                    file,
                    "a file that can be replaced",
                    e.toString(),
                    "check the rights and the free space of its folder",
                    e);
        }
    }

    private static byte[] bytes(Path file) {
        String expected = "an ONNX model";
        try {
            if (Files.isDirectory(file)) {
                throw new OnnxFileException(file, expected, "a folder", "name the .onnx file in it");
            }
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                throw new OnnxFileException(file, expected, "an empty file", REMEDY);
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new OnnxFileException(file, expected, "no such file", "check the path", e);
        } catch (IOException e) {
            throw new OnnxFileException(file, expected, "an unreadable file (" + e + ")", "check its rights", e);
        } catch (OutOfMemoryError e) {
            throw new OnnxFileException(
                    file,
                    "a model that fits the memory of the JVM",
                    "a larger one",
                    "store its weights as external data",
                    e);
        }
    }

    /** Distinguishes a truncated model from a file of another format: a model begins with its IR version. */
    private static OnnxFileException broken(Path file, byte[] bytes, IOException cause) {
        boolean begun = bytes[0] == (ModelProto.IR_VERSION_FIELD_NUMBER << 3);
        String found = begun
                ? "a model that is damaged or cut off after " + bytes.length + " bytes"
                : "a file of another format";
        return new OnnxFileException(file, "an ONNX model", found, REMEDY, cause);
    }

    /** Writes the new content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Replaces a file atomically: writes a temporary file beside it, forces it to disk, and moves it over the old file.
     */
    public static void replace(Path file, Content content) throws IOException {
        Path target = file.toRealPath(); // replaces the target of a symbolic link, not the link
        Path beside = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            keepRights(target, beside);
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** Gives the new file the permissions of the old one: a temporary file is readable by its owner only. */
    private static void keepRights(Path from, Path to) throws IOException {
        PosixFileAttributeView rights = Files.getFileAttributeView(from, PosixFileAttributeView.class);
        if (rights != null) {
            Files.setPosixFilePermissions(to, rights.readAttributes().permissions());
        }
    }
}
