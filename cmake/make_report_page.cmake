# Puts the report page together: cmake -D FOLDER=src/report/page -D CHART_JS=chart.min.js -D OUT=page_template.cpp -P this.
# Style and script become one element each; the page's Content-Security-Policy allows these two alone, by their hashes.
cmake_minimum_required(VERSION 3.25)

# The SHA-256 of `text` as a Content-Security-Policy names it: sha256-BASE64.
function(policy_hash text out)
  string(SHA256 hex "${text}")
  string(APPEND hex "00")  # 33 bytes: 22 groups of 12 bits, two characters each
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(base64 "")
  foreach(group RANGE 21)
    math(EXPR begin "${group} * 3")
    string(SUBSTRING "${hex}" ${begin} 3 digits)
    math(EXPR high "0x${digits} >> 6")
    math(EXPR low "0x${digits} & 63")
    string(SUBSTRING "${alphabet}" ${high} 1 first)
    string(SUBSTRING "${alphabet}" ${low} 1 second)
    string(APPEND base64 "${first}${second}")
  endforeach()
  string(SUBSTRING "${base64}" 0 43 base64)
  set(${out} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

file(READ "${FOLDER}/page.html" page)
file(READ "${FOLDER}/page.css" style)
file(READ "${CHART_JS}" script)
# The modules, in the order in which page.html's comment lists them, share one scope of their own.
file(STRINGS "${FOLDER}/modules.txt" modules)
string(APPEND script "\n(() => {\n\"use strict\";\n")
foreach(module ${modules})
  file(READ "${FOLDER}/${module}" text)
  string(APPEND script "${text}")
endforeach()
string(APPEND script "})();\n")

policy_hash("${style}" style_hash)
policy_hash("${script}" script_hash)
foreach(part style script style_hash script_hash)
  string(REPLACE "{{${part}}}" "${${part}}" page "${page}")
endforeach()
string(FIND "${page}" "{{document}}" position)
string(SUBSTRING "${page}" 0 ${position} before)
math(EXPR position "${position} + 12")
string(SUBSTRING "${page}" ${position} -1 after)
file(WRITE "${OUT}.new" "#include \"report/page_template.hpp\"

namespace cartwheel::report {

const std::string_view page_before_document = R\"cartwheel_page(${before})cartwheel_page\";
const std::string_view page_after_document = R\"cartwheel_page(${after})cartwheel_page\";

}  // namespace cartwheel::report
")
file(RENAME "${OUT}.new" "${OUT}")
