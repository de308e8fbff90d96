package dev.reprise.debugger.retro;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a class file says of other classes, all by their binary names, {@code java.util.Map$Entry}.
 *
 * @param supertypes its superclass and interfaces
 * @param mentioned whatever its constants name: classes, types in descriptors and signatures, texts that could be a name
 */
record ClassFile(String name, Set<String> supertypes, Set<String> mentioned) {
  private static final int MAGIC = 0xCAFEBABE;
  private static final Pattern TYPE = Pattern.compile("L([^;:<>()\\[]+)[;<]");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$./]*");

  /** Copies the sets. */
  ClassFile {
    supertypes = Set.copyOf(supertypes);
    mentioned = Set.copyOf(mentioned);
  }

  /**
   * Reads one.
   *
   * @throws IOException it is none, or of a version that has constants nobody knows of
   */
  static ClassFile read(byte[] bytes) throws IOException {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        throw new IOException("it does not begin as a class file");
      }
      in.skipNBytes(4);
      var pool = new Pool(in);
      in.skipNBytes(2);
      var name = pool.className(in.readUnsignedShort());
      var supertypes = new HashSet<String>();
      int parent = in.readUnsignedShort();
      if (parent != 0) {
        supertypes.add(pool.className(parent));
      }
      for (int interfaces = in.readUnsignedShort(); interfaces > 0; interfaces--) {
        supertypes.add(pool.className(in.readUnsignedShort()));
      }
      return new ClassFile(name, supertypes, pool.mentioned());
    }
  }

  /** The constants, those that matter here. */
  private static final class Pool {
    private final String[] texts;
    private final int[] classes;

    Pool(DataInputStream in) throws IOException {
      int size = in.readUnsignedShort();
      texts = new String[size];
      classes = new int[size];
      for (int i = 1; i < size; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> texts[i] = in.readUTF();
          case 7 -> classes[i] = in.readUnsignedShort();
          case 8, 16, 19, 20 -> in.skipNBytes(2);
          case 15 -> in.skipNBytes(3);
          case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            i++; // these take two places
          }
          default -> throw new IOException("it has a constant of the unknown kind " + tag);
        }
      }
    }

    String className(int constant) throws IOException {
      var text = texts[classes[constant]];
      if (text == null) {
        throw new IOException("constant " + constant + " names no class");
      }
      return text.replace('/', '.');
    }

    Set<String> mentioned() {
      var found = new HashSet<String>();
      for (var text : texts) {
        if (text == null) {
          continue;
        }
        if (NAME.matcher(text).matches()) {
          found.add(text.replace('/', '.'));
        }
        var types = TYPE.matcher(text);
        for (int from = 0; types.find(from); from = types.start() + 1) {
          found.add(types.group(1).replace('/', '.'));
        }
      }
      return found;
    }
  }
}
