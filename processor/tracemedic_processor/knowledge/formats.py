"""Data formats: JSON, XML, YAML, protobuf, text encodings, dates, compressed streams; schemas and validation."""

from typing import Final

from tracemedic_processor.knowledge.known import Known, fix, known

TABLE: Final[tuple[Known, ...]] = (
    known(
        "JSON empty",
        "JSON expected, nothing or HTML found",
        "The text does not even begin as JSON: it is empty, or a page or plain text.",
        ("an error page or login page came instead of the answer", "the body is empty (204, HEAD, a failed call)"),
        (
            fix(
                "Check status and Content-Type before parsing; log the first 200 characters",
                "the parsing code",
                "the log shows what came",
            ),
        ),
        on="serialization dependency",
        confidence=0.76,
        phrases=(
            r"Expecting value: line 1 column 1 \(char 0\)|Unexpected token '?<|Unexpected end of JSON input",
            r"invalid character '<' looking for beginning of value|No content to map due to end-of-input",
            r"The input does not contain any JSON tokens|unexpected end of (JSON )?input",
            r"Unexpected token .{1,10} in JSON at position 0",
            r"is not valid JSON|EOF while parsing a value at line 1 column 0",
        ),
    ),
    known(
        "JSON syntax",
        "Text is no valid JSON",
        "The text breaks JSON's rules somewhere inside.",
        (
            (
                "it was cut: a size limit or a broken stream",
                "single quotes, trailing commas or NaN, as people and models write them",
            )
        ),
        (fix("Look at the position named; compare the length with Content-Length", "the producer of the text"),),
        on="serialization",
        confidence=0.68,
        types="JSONDecodeError JsonParseException JsonReaderException JsonParserError JSON.ParserError "
        "MalformedJsonException "
        "Jason.DecodeError JsonSyntaxException JsonException JsonEOFException",
        phrases=(
            r"Unexpected token .{1,40} in JSON|Expecting (',' delimiter|property name)",
            r"invalid character .{1,20} (after|in|looking)",
            r"Unterminated string|Extra data: line|Bad control character in string|trailing (comma|characters)",
        ),
    ),
    known(
        "JSON not writable",
        "Value cannot be written as JSON",
        "An object has a type that the encoder does not know, or refers to itself.",
        ("dates, decimals, sets or model objects are put in as they are", "two objects refer to each other"),
        (fix("Convert to plain values first, or give the encoder a default function", "the serialising code"),),
        on="serialization programming_error",
        confidence=0.8,
        types="NotSerializableException PydanticSerializationError InvalidDefinitionException ",
        phrases=(
            r"is not JSON serializable|Converting circular structure to JSON|Do not know how to serialize a BigInt",
            r"json: unsupported (type|value)|A possible object cycle was detected",
            r"No serializer found for class|Unable to serialize unknown type",
        ),
    ),
    known(
        "fields do not match",
        "Data has other fields than expected",
        "The text was readable, but a field is missing, unknown or of another type.",
        ("the far side changed its schema", "null comes where a value was expected"),
        (fix("Compare the sample with the type; make new fields optional, ignore unknown ones", "the data type"),),
        on="serialization validation",
        confidence=0.68,
        types="UnrecognizedPropertyException MismatchedInputException InvalidFormatException "
        "MissingKotlinParameterException "
        "JsonMappingException TypeMismatchException JsonSerializationException MissingRequiredPropertiesException",
        phrases=(
            r"missing field `|unknown field `|Unrecognized field \"|cannot unmarshal \w+ into Go",
            r"invalid type: .{1,60}, expected",
            r"Cannot (construct instance|deserialize (value|instance)) of",
            r"The JSON value could not be converted|Missing required creator property",
        ),
    ),
    known(
        "pydantic validation",
        "Input does not fit the model",
        "Fields are missing, superfluous or of another type than the model says.",
        ("the caller sends another version of the schema", "an optional value comes as null"),
        (fix("Read loc and type of each error; allow None where it is allowed, or correct the caller", "the model"),),
        on="validation agent_tool",
        confidence=0.68,
        types="pydantic_core._pydantic_core.ValidationError pydantic.error_wrappers.ValidationError "
        "ResponseValidationError "
        "msgspec.ValidationError marshmallow.exceptions.ValidationError ZodError",
        phrases=(r"\d+ validation errors? for \w+|Field required \[type=missing|Input should be a valid",),
    ),
    known(
        "schema validation",
        "Input breaks a rule",
        "A field was refused by a validator.",
        ("the caller's input is wrong", "a new rule meets old data"),
        (fix("Answer with field and rule; do not report it as a fault of the service", "the handler"),),
        on="validation",
        confidence=0.62,
        types="ValidationError ValidationException MethodArgumentNotValidException RecordInvalid "
        "ConstraintViolationException "
        "InvalidChangesetError HandlerMethodValidationException serializers.ValidationError "
        "MissingServletRequestParameterException MethodArgumentTypeMismatchException ParameterMissing",
        phrases=(
            r"Validation failed( for|:)|must not be (null|blank|empty)|is a required property",
            r"The given data was invalid",
        ),
    ),
    known(
        "Unicode decode",
        "Bytes are not in the expected encoding",
        "Bytes were read as one encoding but are in another, or are no text at all.",
        (
            "a file in Windows-1252 or UTF-16 is read as UTF-8",
            "a compressed or binary body is read as text",
            "a stream was cut within a character",
        ),
        (fix("Name the encoding when reading; detect it for uploads; open binary files as bytes", "the reading code"),),
        on="serialization",
        confidence=0.76,
        types="UnicodeDecodeError MalformedInputException CharacterCodingException Encoding.UndefinedConversionError "
        "Encoding.InvalidByteSequenceError FromUtf8Error Utf8Error DecoderFallbackException",
        phrases=(
            r"codec can't decode byte|invalid (start|continuation) byte|invalid (utf-?8|byte sequence)",
            r"stream did not contain valid UTF-8",
        ),
    ),
    known(
        "Unicode encode",
        "Character cannot be written in this encoding",
        "A text has characters that the output's encoding lacks.",
        ("the locale is C or ASCII", "half of a surrogate pair came from cut text"),
        (
            fix(
                "Set the encoding to UTF-8 (PYTHONUTF8=1, LANG=C.UTF-8); clean cut texts", "environment or writing code"
            ),
        ),
        on="serialization configuration",
        confidence=0.78,
        types="UnicodeEncodeError",
        phrases=(r"codec can't encode character|surrogates not allowed|Incorrect string value: '\\x",),
    ),
    known(
        "XML",
        "XML cannot be read",
        "The text is no well-formed XML, or breaks its schema.",
        ("HTML or an error page came instead", "an unescaped & or a wrong encoding line"),
        (fix("Look at line and column named, and at what was really received", "the producer"),),
        on="serialization",
        confidence=0.7,
        types="XMLSyntaxError SAXParseException ExpatError XmlException Nokogiri.XML.SyntaxError UnmarshalException",
        phrases=(
            r"XML syntax error|not well-formed \(invalid token\)|Content is not allowed in prolog|mismatched tag",
            r"XML document structures must start|no element found: line",
        ),
    ),
    known(
        "YAML",
        "YAML cannot be read",
        "Indentation, a colon or a tab breaks the file.",
        ("a value with ': ' or '#' is not quoted", "tabs are used for indentation", "a template left a placeholder"),
        (fix("Quote the value at the line named; check the file with a linter before deploying", "the file"),),
        on="serialization configuration",
        confidence=0.78,
        types="ScannerError ConstructorError YAMLException YamlException Psych.SyntaxError yaml.YAMLError",
        phrases=(
            r"mapping values are not allowed here|found character '\\t'|could not find expected ':'",
            r"yaml: line \d+",
        ),
    ),
    known(
        "protobuf",
        "Protobuf message cannot be read",
        "The bytes are no message of this type, or were cut.",
        ("the two sides have different schemas", "compressed or empty bytes were parsed"),
        (fix("Compare the schema versions; check compression and length framing", "producer and consumer"),),
        on="serialization",
        confidence=0.7,
        types="message.DecodeError InvalidProtocolBufferException InvalidProtocolBufferError",
        phrases=(
            r"Error parsing message|protocol message contained an invalid tag",
            r"cannot parse invalid wire-format|Wire type is|index out of range: \d+ \+",
        ),
    ),
    known(
        "Avro or schema registry",
        "Record does not fit its schema",
        "The schema is unknown or not compatible with the record.",
        ("producer and consumer use other schema versions", "the registry of another environment is asked"),
        (fix("Check compatibility in the registry before deploying; give new fields defaults", "the schema"),),
        on="serialization",
        confidence=0.72,
        types="AvroTypeException SchemaParseException SerializationException AvroRuntimeException SchemaRegistryError",
        phrases=(
            r"Unknown magic byte|Error (de)?serializing Avro|Schema being registered is incompatible",
            r"Subject .{1,80} not found",
        ),
    ),
    known(
        "compressed stream",
        "Compressed data cannot be unpacked",
        "The data is not in the format named, damaged or cut.",
        ("the download ended early", "the header says gzip, the body is not"),
        (
            fix(
                "Compare size and checksum; check Content-Encoding and double decompression", "the producer or download"
            ),
        ),
        on="serialization filesystem",
        confidence=0.74,
        types="BadGzipFile BadZipFile ZipException LZMAError zlib.error InvalidDataException ",
        phrases=(
            r"Not a gzipped file|File is not a zip file|incorrect header check|unexpected end of file",
            r"invalid (block type|distance)",
            r"End-of-central-directory signature not found|Compressed file ended before|gzip: invalid header",
            r"Not in GZIP format|incorrect data check",
        ),
    ),
    known(
        "date or number text",
        "Text is no date or number of this form",
        "A value could not be read as a date or number.",
        ("another locale or format", "an empty text or a placeholder such as N/A"),
        (fix("Use ISO 8601 and a decimal point; handle empty values; say the field in the error", "the parsing code"),),
        on="serialization validation",
        confidence=0.7,
        types="NumberFormatException DateTimeParseException ParseIntError ParseFloatError "
        "FormatException "
        "Date.Error strconv.NumError",
        phrases=(
            r"invalid literal for int\(\)|invalid value for (Integer|Float)\(\)|Invalid UUID string",
            r"could not convert string to float|does not match format '",
            r"Invalid isoformat string",
            r"For input string: |parsing time \"|strconv\.\w+: parsing|Text '.{1,80}' could not be parsed",
            r"Input string was not in a correct format",
            r"Invalid time value|invalid digit found in string|unconverted data remains|ConversionSyntax",
        ),
    ),
    known(
        "CSV or table",
        "Table data has another shape",
        "Rows or columns differ from what is expected.",
        ("a separator or quote inside a value", "a column was renamed or is missing"),
        (fix("Check header and separator first and name the missing column", "the import"),),
        on="serialization validation",
        confidence=0.66,
        types="pandas.errors.ParserError EmptyDataError CSV.MalformedCSVError",
        phrases=(
            r"Error tokenizing data|No columns to parse from file|Columns? .{1,60} not (found|in index)",
            r"record on line \d+: wrong number of fields",
        ),
    ),
    known(
        "image or media",
        "File is no readable image or media",
        "The bytes could not be recognised as an image, video or document.",
        ("the upload is cut or of another type than its name", "a format is not compiled in"),
        (fix("Check the first bytes and the size; answer 415 or 422", "the upload handler"),),
        on="serialization validation",
        confidence=0.7,
        types="UnidentifiedImageError DecompressionBombError ImageFormatException PdfReadError",
        phrases=(
            r"cannot identify image file|image file is truncated",
            r"Input buffer contains unsupported image format|EOF marker not found",
        ),
    ),
)
