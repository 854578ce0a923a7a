# embed_folder(NAME ROOT FOLDER): all files of ROOT/FOLDER, by their paths below ROOT, as
# `std::vector<EmbeddedFile> NAME()` of app/embedded.h. What is to be compiled joins EMBEDDED_FILES.
function(embed_folder name root folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${root} ${root}/${folder}/*)
  list(SORT files)
  set(assembly "        .section .rodata\n")
  set(index 0)
  foreach(file ${files})
    set(symbol govhost_${name}_${index})
    string(APPEND assembly
      "        .global ${symbol}\n        .global ${symbol}_end\n"
      "${symbol}:\n        .incbin \"${root}/${file}\"\n${symbol}_end:\n        .byte 0\n")
    string(APPEND declarations "extern const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND table
      "    {\"${file}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    list(APPEND depends ${root}/${file})
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly "        .section .note.GNU-stack,\"\",@progbits\n")
  set(base ${CMAKE_CURRENT_BINARY_DIR}/${name})
  file(CONFIGURE OUTPUT ${base}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${base}.cpp @ONLY CONTENT
"#include \"app/embedded.h\"\n\nextern \"C\" {\n${declarations}}\n\nnamespace govhost::app {\n
std::vector<EmbeddedFile> ${name}() {\n  return {\n${table}  };\n}\n\n}  // namespace govhost::app\n")
  # Generated from names of files only; assembler takes no C++ warning flags.
  set_source_files_properties(${base}.S PROPERTIES OBJECT_DEPENDS "${depends}" COMPILE_OPTIONS "-w")
  set(EMBEDDED_FILES ${EMBEDDED_FILES} ${base}.S ${base}.cpp PARENT_SCOPE)
endfunction()
